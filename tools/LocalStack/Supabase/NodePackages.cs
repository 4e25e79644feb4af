using System.Runtime.InteropServices;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Supabase;

/// <summary>
/// The npm packages of tools/LocalStack/npm. A Node of its own is among them: Debian 12 has 18, and supabase-js 2.119
/// asks for 22.
/// </summary>
public static class NodePackages
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tools", "LocalStack", "npm", "node_modules");

    private static string Architecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64";

    /// <summary>The Node to run them with.</summary>
    public static string Node => Find($"node-linux-{Architecture}/bin/node");

    /// <summary>The Supabase CLI's own binary, without its Node wrapper.</summary>
    public static string SupabaseCli => Find($"@supabase/cli-linux-{Architecture}/bin/supabase");

    /// <summary>The command line of @supabase/lite.</summary>
    public static string Lite => Find("@supabase/lite/dist/cli/index.js");

    /// <summary>The folder that node resolves packages in, for scripts of tests.</summary>
    public static string Root => Path.GetDirectoryName(Folder)!;

    private static string Find(string path)
    {
        var full = Path.Combine(Folder, path);
        return File.Exists(full)
            ? full
            : throw new FileNotFoundException($"{full} is missing: run npm ci in tools/LocalStack/npm (./dev does that by itself)");
    }
}
