using Neolia.Functions.Checking;
using Neolia.Functions.Draining;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Tests.Checking;

/// <summary>What is wrong comes with the worst first, in both languages.</summary>
public sealed class FindingsTests
{
    private static readonly SystemState Well = new(
        new SupabaseState(DatabaseVerdict.Good, Queue: new QueueState(0, 0, 0)),
        new KamailioState(DatabaseVerdict.Good, Registered: 3, Example: new SipName("panel", "sip.neolia.app")),
        new SipState(Answers: true, ProbeOutcome.Challenged, LoginOutcome.Refused));

    [Fact]
    public void All_well_is_no_finding()
    {
        Assert.Empty(Findings.Of(Well));
        Assert.True(Well.Sip.AuthenticationWorks);
    }

    [Fact]
    public void Nobody_to_try_an_empty_password_with_is_no_fault() =>
        Assert.True((Well.Sip with { EmptyPassword = null }).AuthenticationWorks);

    [Theory]
    [InlineData(true, ProbeOutcome.Accepted, LoginOutcome.Refused, "open_door")]
    [InlineData(true, ProbeOutcome.Challenged, LoginOutcome.LetIn, "empty_password")]
    [InlineData(true, ProbeOutcome.Challenged, LoginOutcome.Unclear, "passwords_unchecked")]
    [InlineData(true, ProbeOutcome.Challenged, LoginOutcome.NoAnswer, "passwords_unchecked")]
    [InlineData(true, ProbeOutcome.Refused, LoginOutcome.Unclear, "no_challenge")]
    [InlineData(false, ProbeOutcome.NoAnswer, LoginOutcome.NoAnswer, "sip_silent")]
    public void Whatever_authentication_does_but_work_is_told(bool answers, ProbeOutcome challenge, LoginOutcome empty, string code)
    {
        var state = Well with { Sip = new SipState(answers, challenge, empty), Supabase = Well.Supabase with { WithoutCredentials = 3 } };

        Assert.False(state.Sip.AuthenticationWorks);
        Assert.Equal([code, "no_credentials"], Findings.Of(state).Select(f => f.Code));
    }

    [Fact]
    public void A_password_that_was_tried_too_often_is_no_fault_of_Kamailios()
    {
        var state = Well with { Sip = Well.Sip with { EmptyPassword = LoginOutcome.TooOften } };

        Assert.True(state.Sip.AuthenticationWorks);
        Assert.Equal(("passwords_too_often", Severity.Notice), (Findings.Of(state).Single().Code, Findings.Of(state).Single().Severity));
    }

    [Theory]
    [InlineData(DatabaseVerdict.Unreachable, "kamailio_unreachable", "supabase_unreachable")]
    [InlineData(DatabaseVerdict.Overloaded, "kamailio_overloaded", "supabase_overloaded")]
    [InlineData(DatabaseVerdict.Refused, "kamailio_login", "supabase_login")]
    [InlineData(DatabaseVerdict.OtherSchema, "kamailio_schema", "supabase_schema")]
    [InlineData(DatabaseVerdict.NoRights, "kamailio_rights", "supabase_rights")]
    public void Each_trouble_with_a_database_has_a_name(DatabaseVerdict verdict, string kamailio, string supabase)
    {
        var state = new SystemState(
            new SupabaseState(verdict, "public.units"), new KamailioState(verdict, "subscriber"), Well.Sip with { EmptyPassword = LoginOutcome.Unclear });

        Assert.Equal([kamailio, supabase], Findings.Of(state).Select(f => f.Code));
    }

    [Fact]
    public void What_waits_too_long_what_failed_and_clocks_are_told()
    {
        var state = Well with
        {
            Supabase = new SupabaseState(
                DatabaseVerdict.Good, Queue: new QueueState(5, 601, 2), WithoutCredentials: 4, NotSynced: 2, ClockSkew: TimeSpan.FromMinutes(-2)),
        };

        Assert.Equal(["queue_old", "clock", "sync_failed", "no_credentials"], Findings.Of(state).Select(f => f.Code));
        Assert.Equal([Severity.Broken, Severity.Broken, Severity.Notice, Severity.Notice], Findings.Of(state).Select(f => f.Severity));
    }

    [Fact]
    public void One_is_not_spoken_of_as_many()
    {
        var state = Well with { Supabase = Well.Supabase with { WithoutCredentials = 1, NotSynced = 1 } };

        Assert.All(Findings.Of(state), f => Assert.Matches("^(An|Un) ", f.Sentence.English + f.Sentence.French));
    }

    [Fact]
    public void How_a_door_stands_open_is_told_to_the_operator_alone()
    {
        var user = new Caller.User(Guid.NewGuid(), "{}");
        var state = Well with { Sip = new SipState(Answers: true, ProbeOutcome.Accepted, LoginOutcome.LetIn) };

        Assert.All(Findings.Of(state), finding =>
        {
            Assert.DoesNotContain("password", finding.For(user).English, StringComparison.Ordinal);
            Assert.Contains("password", finding.For(new Caller.Service()).English, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_finding_is_one_sentence_in_each_language()
    {
        foreach (var verdict in Enum.GetValues<DatabaseVerdict>())
        {
            foreach (var challenge in Enum.GetValues<ProbeOutcome>())
            {
                foreach (var empty in Enum.GetValues<LoginOutcome>())
                {
                    var state = new SystemState(
                        new SupabaseState(verdict, "x", new QueueState(1, 900, 1), 1, 2, TimeSpan.FromHours(1)),
                        new KamailioState(verdict, "x", ClockSkew: TimeSpan.FromHours(-1)),
                        new SipState(challenge == ProbeOutcome.Challenged, challenge, empty));
                    Assert.All(Findings.Of(state), AssertOneSentenceInEach);
                }
            }
        }
    }

    private static void AssertOneSentenceInEach(Finding finding)
    {
        var (english, french) = (finding.Sentence.In(Language.English), finding.Sentence.In(Language.French));
        Assert.NotEqual(english, french);
        Assert.All([english, french], text => Assert.Matches(@"^[^!?]*[\p{L})]\.$", text));
        Assert.All([english, french], text => Assert.DoesNotContain(". ", text, StringComparison.Ordinal));
    }
}
