package io.millrace.network.frame;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** A piece of a region that the JDK's socket channel sends (by sendfile where the system can). Owned by the channel's loop. */
final class TransferRegion extends AbstractReferenceCounted implements FileRegion {

    private final RegionPart region;
    private final long fromPosition;
    private final long countBytes;
    private long transferredBytes;

    TransferRegion(RegionPart region, long fromPosition, long countBytes) {
        this.region = region;
        this.fromPosition = fromPosition;
        this.countBytes = countBytes;
    }

    @Override
    public long position() {
        return fromPosition;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferredBytes;
    }

    @Override
    public long transferred() {
        return transferredBytes;
    }

    @Override
    public long count() {
        return countBytes;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long leftBytes = countBytes - position;
        if (leftBytes <= 0) {
            return 0;
        }
        long sentBytes = region.transferTo(fromPosition + position, leftBytes, target);
        if (sentBytes < 0) {
            throw new RegionShortException(fromPosition + position, region.sizeBytes());
        }
        transferredBytes += sentBytes;
        return sentBytes;
    }

    @Override
    protected void deallocate() {} // the frame's writer releases the region once its last piece left

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }
}
