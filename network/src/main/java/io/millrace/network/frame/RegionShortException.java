package io.millrace.network.frame;

import java.io.IOException;

/** A region held fewer bytes than the frame that was announced with it: the connection cannot go on. */
public final class RegionShortException extends IOException {

    private static final long serialVersionUID = 1L;

    public RegionShortException(long position, long sizeBytes) {
        super("region of " + sizeBytes + " bytes came up short at or before position " + position);
    }
}
