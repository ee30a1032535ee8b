namespace DiffuSharp.Cli.Commands;

/// <summary>One thing that <c>doctor</c> looked for.</summary>
/// <param name="Subject">What.</param>
/// <param name="Found">Whether it is there.</param>
/// <param name="Text">Version or place; or what to do.</param>
/// <param name="Essential">Whether nothing works without it.</param>
internal sealed record Finding(string Subject, bool Found, string Text, bool Essential = false);
