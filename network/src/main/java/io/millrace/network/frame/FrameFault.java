package io.millrace.network.frame;

/** Why bytes that arrived cannot be a frame. */
public enum FrameFault {
    /** Negative, or too small to hold any header. */
    LENGTH_INVALID,
    /** Above the cap in force. */
    TOO_LARGE
}
