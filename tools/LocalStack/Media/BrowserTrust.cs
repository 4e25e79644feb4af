using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Media;

/// <summary>A home folder in which Chromium trusts one certificate authority more, as if a person had imported it.</summary>
internal static class BrowserTrust
{
    // Chromium on Linux reads this NSS database, if it exists before the first start.
    private const string Script = """
        set -e
        db="sql:$2/.pki/nssdb"
        mkdir -p "$2/.pki/nssdb"
        "$1" -d "$db" -N --empty-password
        "$1" -d "$db" -A -t C,, -n neolia-test -i "$3"
        """;

    public static Task MakeAsync(string home, string authorityPem, CancellationToken cancellationToken) =>
        SupervisedRun.RunAsync(
            new ServerCommand
            {
                Name = "certutil",
                Folder = ServerCommand.NewFolder("certutil"),
                Command = ["sh", "-c", Script, "certutil", DebianBinary.Find("certutil", "libnss3-tools"), home, authorityPem],
            },
            prepare: null,
            cancellationToken);
}
