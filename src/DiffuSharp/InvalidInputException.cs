namespace DiffuSharp;

/// <summary>
/// The user asked for something that cannot be done. The message is one line that says what, where and what to do;
/// the command line prints it alone and exits with code 2.
/// </summary>
/// <param name="message">One line for the user.</param>
public sealed class InvalidInputException(string message) : Exception(message);
