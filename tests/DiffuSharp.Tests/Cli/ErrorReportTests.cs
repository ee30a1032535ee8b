using DiffuSharp.Cli.Output;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Cli;

public class ErrorReportTests
{
    [Fact]
    public void An_unknown_exception_is_a_defect_with_its_type_and_a_hint()
    {
        var report = ErrorReport.Of(new InvalidOperationException("first\nsecond"));

        report.ExitCode.ShouldBe(1);
        report.Line.ShouldBe("diffusharp: InvalidOperationException: first second (this is a defect of diffusharp; DIFFUSHARP_TRACE=1 shows where)");
    }

    [Fact]
    public void A_full_disk_is_the_users_to_mend()
    {
        var report = ErrorReport.Of(new IOException("No space left on device : 'x'", 28));

        report.ShouldBe(new ErrorReport("diffusharp: No space left on device : 'x'; free some space or write to another disk", 2));
    }

    [Fact]
    public void Out_of_memory_asks_for_a_smaller_batch_and_other_errors_of_libtorch_are_defects()
    {
        ErrorReport.Of(new TorchException("aten::conv2d: CUDA out of memory. Tried to allocate")).ExitCode.ShouldBe(2);
        ErrorReport.Of(new TorchException("[enforce] DefaultCPUAllocator: not enough memory: you tried")).ExitCode.ShouldBe(2);
        ErrorReport.Of(new TorchException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")).ExitCode.ShouldBe(2);
        ErrorReport.Of(new TorchException("aten::conv2d: expected 4D")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public void A_missing_file_is_named_with_what_we_say_about_it()
    {
        ErrorReport.Of(new FileNotFoundException("Could not find file '/a/x.npz'.", "x.npz")).Line.ShouldBe("diffusharp: x.npz: no such file; check the name");
        ErrorReport.Of(new FileNotFoundException("x.json: no such file; x.pt needs its protocol there", "x.json"))
            .ShouldBe(new ErrorReport("diffusharp: x.json: no such file; x.pt needs its protocol there", 2));
    }

    [Fact]
    public void Control_characters_of_a_file_name_do_not_reach_the_terminal() =>
        ErrorReport.Of(new InvalidInputException("a\u001b[31mb")).Line.ShouldBe("diffusharp: a?[31mb");
}
