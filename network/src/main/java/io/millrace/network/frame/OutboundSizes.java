package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/** Counts what waits in a channel in full; Netty's own estimator counts file regions as nothing. Stateless. */
public final class OutboundSizes implements MessageSizeEstimator {

    private static final Handle HANDLE = message -> switch (message) {
        case ByteBuf buffer -> buffer.readableBytes();
        case FileRegion region -> (int) Math.min(Integer.MAX_VALUE, region.count());
        default -> 0;
    };

    @Override
    public Handle newHandle() {
        return HANDLE;
    }
}
