package io.millrace.network.frame;

/** Grants the memory in which large frames are received, so that many half-received ones stay within one bound. */
public interface ReceiveMemory {

    /** Grants everything: for a channel whose peer is trusted and whose frames are capped. */
    ReceiveMemory UNLIMITED = new ReceiveMemory() {
        @Override
        public boolean reserve(int bytes) {
            return true;
        }

        @Override
        public void release(int bytes) {}
    };

    /** Whether {@code bytes} more may be allocated now; when false nothing was taken and the receiver stops reading. */
    boolean reserve(int bytes);

    /** Gives back what {@link #reserve} granted. */
    void release(int bytes);
}
