package io.millrace.tools.shell;

/** What the shell gets; documented in the README. */
public final class ExitCode {

    /** The verb failed; one line on stderr says why. */
    public static final int FAILED = 1;

    /** The command line or the configuration is wrong; nothing was done. */
    public static final int USAGE = 2;

    /** The verb did what it was asked to, and what it found is beyond the bound that the command line named. */
    public static final int BEYOND_BOUND = 3;

    /** Ended by a second Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
