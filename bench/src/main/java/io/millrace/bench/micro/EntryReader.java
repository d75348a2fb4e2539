package io.millrace.bench.micro;

import java.io.IOException;

/** Searches the entries of one {@link IndexSection}; one thread. */
interface EntryReader extends AutoCloseable {

    /** Number of the last entry at or below an offset, -1 when there is none. */
    int floor(int offset) throws IOException;

    @Override
    void close() throws IOException;
}
