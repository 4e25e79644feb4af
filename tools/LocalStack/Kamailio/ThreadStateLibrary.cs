using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Kamailio;

/// <summary>kamailio/openssl, built as docs/kamailio.md says, without which broken TLS handshakes bring Debian's Kamailio down.</summary>
internal static class ThreadStateLibrary
{
    /// <summary>What Kamailio is started with in LD_PRELOAD.</summary>
    public const string FileName = "thread_state.so";

    public static Task BuildAsync(string folder, CancellationToken cancellationToken)
    {
        var source = Path.Combine(Repository.Root, "kamailio", "openssl", Path.ChangeExtension(FileName, "c"));
        return SupervisedRun.RunAsync(
            [DebianBinary.Find("clang", "clang"), "-shared", "-fPIC", "-O2", "-o", Path.Combine(folder, FileName), source],
            cancellationToken);
    }
}
