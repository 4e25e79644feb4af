using System.IO.Compression;
using Neolia.LocalStack;

namespace Neolia.Package.Tests.Content;

/// <summary>What is in the archive, with the modes that stand in it.</summary>
public sealed class PackageContentTests : IDisposable
{
    private const int ExecutableBits = 0b001_001_001;
    private const long MostBytes = 40_000_000;

    private readonly ZipArchive _archive = ZipFile.OpenRead(PackageFixture.Archive);

    [Fact]
    public void It_holds_the_program_and_what_the_host_reads_and_nothing_else()
    {
        var source = Path.Combine(Repository.Root, "src", "Functions", "functions");
        var functions = Directory.EnumerateFiles(source, "function.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(source, file));
        var certificates = _archive.Entries.Select(e => e.FullName).Where(name => name.StartsWith("certificates/", StringComparison.Ordinal));

        Assert.Equal(
            functions.Concat(certificates).Append("host.json").Append("Neolia.Functions").Order(StringComparer.Ordinal),
            _archive.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Its_function_json_files_and_host_json_are_those_of_the_source()
    {
        foreach (var entry in _archive.Entries.Where(e => e.Name is "function.json" or "host.json"))
        {
            var source = entry.Name == "host.json"
                ? Path.Combine(Repository.Root, "host.json")
                : Path.Combine(Repository.Root, "src", "Functions", "functions", entry.FullName);
            using var packed = new StreamReader(entry.Open());
            Assert.Equal(File.ReadAllText(source), packed.ReadToEnd());
        }
    }

    [Fact]
    public void Only_the_program_may_be_executed()
    {
        // The upper half of the external attributes is the Unix mode.
        foreach (var entry in _archive.Entries)
            Assert.Equal(entry.FullName == "Neolia.Functions" ? ExecutableBits : 0, (entry.ExternalAttributes >> 16) & ExecutableBits);
    }

    [Fact]
    public void Unzipped_it_is_at_most_40_MB() => Assert.InRange(_archive.Entries.Sum(e => e.Length), 1, MostBytes);

    [Fact]
    public void Nothing_in_it_tells_when_it_was_made() => Assert.Single(_archive.Entries.Select(e => e.LastWriteTime.DateTime).Distinct());

    public void Dispose() => _archive.Dispose();
}
