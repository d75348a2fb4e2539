package io.millrace.storage.producer;

import io.millrace.runtime.Clock;

/** A clock that a test moves by hand. */
public final class HandClock implements Clock {

    private long nowMs = 1_700_000_000_000L;

    @Override
    public long monotonicNs() {
        return nowMs * 1_000_000;
    }

    @Override
    public long wallMs() {
        return nowMs;
    }

    /** Moves both clocks on. */
    public void passMs(long ms) {
        nowMs += ms;
    }
}
