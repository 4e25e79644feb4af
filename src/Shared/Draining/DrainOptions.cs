using Neolia.Functions.Applying;

namespace Neolia.Functions.Draining;

/// <summary>Settings <c>Drain__*</c>.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>Subjects a turn takes at once. Below half of 1,000, because a batch locks up to two names an account (rule M3).</summary>
    public int BatchSize { get; set; } = 400;

    /// <summary>Turns that a process takes side by side while a backlog waits: one works on Postgres, another on MySQL. Each
    /// holds a connection to both. Default 3.</summary>
    public int Lanes { get; set; } = 3;

    /// <summary>How long a claimed subject is left alone by other workers; after a worker's death also how long it waits.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First back-off of a subject that failed; doubles with each attempt, with jitter.</summary>
    public TimeSpan BackoffFrom { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest back-off of a subject.</summary>
    public TimeSpan BackoffTo { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest back-off while Kamailio's database is out of reach: it bounds the recovery, not one row's trouble.</summary>
    public TimeSpan OutageBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the queue is looked at while lingering after work.</summary>
    public TimeSpan LingerPoll { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long lingering goes on without work.</summary>
    public TimeSpan LingerFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a doorbell is kept waiting for its work before it is answered 202: a slow answer holds up every
    /// other webhook of the Supabase project.</summary>
    public TimeSpan WebhookBudget { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a dashboard's or timer's request waits for its work. Azure cuts HTTP requests after 230 s.</summary>
    public TimeSpan RequestBudget { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Period of the timer when the program runs by itself, without the Functions host's timer.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}
