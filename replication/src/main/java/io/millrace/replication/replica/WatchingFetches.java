package io.millrace.replication.replica;

import org.jspecify.annotations.Nullable;

/** The fetches that wait for one replica's next bytes. Owned by the replica's shard loop. */
final class WatchingFetches {

    private PendingFetch.@Nullable Watch firstWatch;

    void add(PendingFetch.Watch watch) {
        PendingFetch.Watch head = firstWatch;
        watch.next = head;
        if (head != null) {
            head.previous = watch;
        }
        firstWatch = watch;
    }

    void remove(PendingFetch.Watch watch) {
        if (watch.previous == null) {
            firstWatch = watch.next;
        } else {
            watch.previous.next = watch.next;
        }
        if (watch.next != null) {
            watch.next.previous = watch.previous;
        }
        watch.previous = null;
        watch.next = null;
    }

    /** More bytes are committed. Counts first and tells after, because telling changes the list. */
    void committed(long bytes) {
        PendingFetch woken = null;
        for (PendingFetch.Watch watch = firstWatch; watch != null; watch = watch.next) {
            if (watch.fetch.counted(bytes)) {
                watch.fetch.nextWoken = woken;
                woken = watch.fetch;
            }
        }
        while (woken != null) {
            PendingFetch next = woken.nextWoken;
            woken.nextWoken = null;
            woken.wake(PendingFetch.Reason.BYTES);
            woken = next;
        }
    }

    /** The replica ends: whoever waits is to read again and learn why. */
    void wakeAll() {
        while (firstWatch != null) {
            firstWatch.fetch.wake(PendingFetch.Reason.CHANGED);
        }
    }
}
