package io.millrace.simulation.disk;

import io.millrace.simulation.SimRandom;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of one file, twice: as every reader sees them and as they are on the platter. Between the two lies the ordered
 * list of changes since the last sync.
 *
 * <p>Sectors are immutable, so copies of a file share them.
 *
 * <p>What a cut may leave: any pending version of each sector, in any combination (the kernel writes back what it likes, when
 * it likes); a length anywhere between the durable one and the longest written one. Cuts of the file (truncation) take effect
 * in order, as a journaling file system has it: as long as one has not, later writes above its block have not either, since
 * they went to new blocks.
 */
final class SimFile implements SimNode {

    private static final int BLOCK_BYTES = 4096;

    private Sector[] view;
    private long viewLength;
    private Sector[] durable;
    private long durableLength;
    private boolean owesError;
    private final List<Change> pending = new ArrayList<>();

    SimFile() {
        this(new Sector[0], 0);
    }

    private SimFile(Sector[] sectors, long length) {
        this.view = sectors;
        this.viewLength = length;
        this.durable = sectors.clone();
        this.durableLength = length;
    }

    private sealed interface Change {}

    /** @param endLength of the file after this write, if nothing else extends it */
    private record SectorWrite(int place, Sector sector, long endLength) implements Change {}

    private record Cut(long length) implements Change {}

    long length() {
        return viewLength;
    }

    long durableLength() {
        return durableLength;
    }

    int pendingChanges() {
        return pending.size();
    }

    void write(long filePosition, ByteBuffer source) {
        long position = filePosition;
        while (source.hasRemaining()) {
            int place = Math.toIntExact(position / Sector.BYTES);
            int from = (int) (position % Sector.BYTES);
            int count = Math.min(Sector.BYTES - from, source.remaining());
            Sector next = at(view, place).with(from, count, source);
            position += count;
            viewLength = Math.max(viewLength, position);
            view = put(view, place, next);
            pending.add(new SectorWrite(place, next, position));
        }
    }

    int read(long filePosition, ByteBuffer target) {
        int total = (int) Math.min(target.remaining(), Math.max(0, viewLength - filePosition));
        long position = filePosition;
        int left = total;
        while (left > 0) {
            int from = (int) (position % Sector.BYTES);
            int count = Math.min(Sector.BYTES - from, left);
            at(view, (int) (position / Sector.BYTES)).copyTo(target, from, count);
            position += count;
            left -= count;
        }
        return total;
    }

    void truncate(long length) {
        if (length == viewLength) {
            return;
        }
        view = cut(view, length);
        viewLength = length;
        pending.add(new Cut(length));
    }

    /** All pending changes reach the platter. */
    void sync() {
        durable = view.clone();
        durableLength = viewLength;
        pending.clear();
    }

    /** A sync that failed: some changes reached the platter, the others are forgotten, and the next sync will say it is fine. */
    void failSync(Survival survival) {
        SimFile left = afterPowerCut(survival);
        view = left.view;
        viewLength = left.viewLength;
        durable = left.durable;
        durableLength = left.durableLength;
        pending.clear();
    }

    /** The same on behalf of the whole file system: whoever syncs this file next must still be told of what it lost. */
    void failSyncFromOutside(Survival survival) {
        owesError = !pending.isEmpty();
        failSync(survival);
    }

    /** Whether a failure that somebody else caused has not been reported to this file's user yet; reports it once. */
    boolean takeError() {
        boolean owed = owesError;
        owesError = false;
        return owed;
    }

    /** The file as the next start finds it; this one is left unchanged. */
    @Override
    public SimFile afterPowerCut(Survival survival) {
        survival.start(pending.size());
        Sector[] left = durable.clone();
        long cutLength = durableLength;
        long length = durableLength;
        long unappliedCut = Long.MAX_VALUE;
        for (int i = 0; i < pending.size(); i++) {
            boolean kept = survival.keeps(i);
            switch (pending.get(i)) {
                case Cut(long to) -> {
                    if (kept && unappliedCut == Long.MAX_VALUE) {
                        left = cut(left, to);
                        cutLength = to;
                        length = to;
                    } else {
                        unappliedCut = Math.min(unappliedCut, to);
                    }
                }
                case SectorWrite write -> {
                    boolean reachable = (long) write.place * Sector.BYTES < blockEnd(unappliedCut);
                    if (unappliedCut == Long.MAX_VALUE) {
                        length = Math.max(length, write.endLength);
                    }
                    if (kept && reachable) {
                        left = put(left, write.place, torn(at(left, write.place), write.sector, survival));
                    }
                }
            }
        }
        length = survival.between(cutLength, length);
        return new SimFile(cut(left, length), length);
    }

    private static Sector torn(Sector before, Sector after, Survival survival) {
        return survival.tears() ? before.tornBy(after, (int) survival.between(1, Sector.BYTES - 1)) : after;
    }

    /** Bit rot: changes the platter and what readers see. */
    void flipBit(long filePosition, int bit) {
        int place = (int) (filePosition / Sector.BYTES);
        int at = (int) (filePosition % Sector.BYTES);
        durable = put(durable, place, at(durable, place).flipped(at, bit));
        view = put(view, place, at(view, place).flipped(at, bit));
    }

    /** 64 bits of the visible content. */
    long digest() {
        long digest = viewLength;
        for (int i = 0; i < view.length; i++) {
            if (view[i] != Sector.ZERO) {
                digest = SimRandom.mix(digest * 31 + i) ^ view[i].digest();
            }
        }
        return digest;
    }

    private static long blockEnd(long position) {
        return position == Long.MAX_VALUE ? Long.MAX_VALUE : (position + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    private static Sector at(Sector[] sectors, int index) {
        return index < sectors.length ? sectors[index] : Sector.ZERO;
    }

    /** May change the given array of sectors, or answer a longer one. */
    private static Sector[] put(Sector[] sectors, int index, Sector sector) {
        Sector[] target = sectors;
        if (index >= target.length) {
            target = Arrays.copyOf(target, Math.max(index + 1, target.length * 2));
            Arrays.fill(target, sectors.length, target.length, Sector.ZERO);
        }
        target[index] = sector;
        return target;
    }

    private static Sector[] cut(Sector[] sectors, long length) {
        int whole = (int) Math.min(sectors.length, length / Sector.BYTES);
        int used = (int) Math.min(sectors.length, (length + Sector.BYTES - 1) / Sector.BYTES);
        Sector[] target = Arrays.copyOf(sectors, used);
        if (used > whole) {
            target[whole] = target[whole].cut((int) (length % Sector.BYTES));
        }
        return target;
    }
}
