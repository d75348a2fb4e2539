package io.millrace.network.frame;

/** Grants the memory in which frames are received, so that many half-received ones stay within one bound. */
public interface ReceiveMemory {

    /** Grants everything: for a channel whose peer is trusted and whose frames are capped. */
    ReceiveMemory UNLIMITED = new ReceiveMemory() {
        @Override
        public boolean reserve(int bytes) {
            return true;
        }

        @Override
        public boolean reserveSpare(int bytes) {
            return true;
        }

        @Override
        public void release(int bytes) {}
    };

    /** Whether {@code bytes} more may be allocated now; when false nothing was taken and the receiver stops reading. */
    boolean reserve(int bytes);

    /** As {@link #reserve}, for what is only convenient to have: refused earlier, and the receiver goes on with less. */
    boolean reserveSpare(int bytes);

    /** Gives back all that was granted, {@code bytes} in all. */
    void release(int bytes);
}
