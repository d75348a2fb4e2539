package io.millrace.simulation.disk;

import io.millrace.simulation.SimRandom;
import io.millrace.simulation.TraceHash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tree of folders with the changes to their entries that are not durable yet.
 *
 * <p>A change (create, rename, delete) is atomic, and durable once a folder that it touches is synced. At a power cut each
 * pending change survives or not on its own, except that a change needs every earlier one of the same entry: names on a real
 * journaling file system behave better than this, and nobody may count on it.
 */
final class SimNames {

    private final SimFolder root;
    private final List<Change> pending = new ArrayList<>();

    SimNames() {
        this(new SimFolder());
    }

    private SimNames(SimFolder root) {
        this.root = root;
    }

    /** What one name is to stand for; null for nothing. */
    private record Entry(
            SimFolder folder, String name, @Nullable SimNode node) {

        boolean sameName(Entry other) {
            return folder == other.folder && name.equals(other.name);
        }

        void apply(Map<String, SimNode> entries) {
            if (node == null) {
                entries.remove(name);
            } else {
                entries.put(name, node);
            }
        }
    }

    private record Change(List<Entry> entries) {

        boolean touches(SimFolder folder) {
            return entries.stream().anyMatch(entry -> entry.folder == folder);
        }

        boolean overlaps(Change other) {
            return entries.stream().anyMatch(mine -> other.entries.stream().anyMatch(mine::sameName));
        }

        void makeDurable() {
            for (Entry entry : entries) {
                entry.apply(entry.folder.durable);
            }
        }
    }

    @Nullable
    SimNode find(Path path) {
        SimNode node = root;
        for (Path part : path) {
            if (!(node instanceof SimFolder folder)) {
                return null;
            }
            node = folder.entries.get(part.toString());
        }
        return node;
    }

    @Nullable
    SimFolder folderOf(Path path) {
        Path parent = path.getParent();
        return parent != null && find(parent) instanceof SimFolder folder ? folder : null;
    }

    void link(SimFolder folder, String name, SimNode node) {
        change(new Change(List.of(new Entry(folder, name, node))));
    }

    void unlink(SimFolder folder, String name) {
        change(new Change(List.of(new Entry(folder, name, null))));
    }

    void rename(SimFolder from, String oldName, SimFolder to, String newName, SimNode node) {
        change(new Change(List.of(new Entry(from, oldName, null), new Entry(to, newName, node))));
    }

    void createFolders(Path path) {
        SimFolder folder = root;
        for (Path part : path) {
            String name = part.toString();
            if (!(folder.entries.get(name) instanceof SimFolder)) {
                link(folder, name, new SimFolder());
            }
            if (folder.entries.get(name) instanceof SimFolder next) {
                folder = next;
            }
        }
    }

    private void change(Change change) {
        for (Entry entry : change.entries) {
            entry.apply(entry.folder.entries);
        }
        pending.add(change);
    }

    /** Makes the folder's entries durable, with every earlier change that they rest on. */
    void sync(SimFolder folder) {
        boolean[] chosen = new boolean[pending.size()];
        for (int i = pending.size() - 1; i >= 0; i--) {
            chosen[i] = pending.get(i).touches(folder);
            for (int later = i + 1; later < pending.size() && !chosen[i]; later++) {
                chosen[i] = chosen[later] && pending.get(i).overlaps(pending.get(later));
            }
        }
        List<Change> left = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i]) {
                pending.get(i).makeDurable();
            } else {
                left.add(pending.get(i));
            }
        }
        pending.clear();
        pending.addAll(left);
    }

    /**
     * A sync of the folder that failed: some of its changes are durable, the others are forgotten, with all that rests on them,
     * and no later sync brings them back.
     */
    void failSync(SimFolder folder, Survival survival) {
        survival.start(pending.size());
        List<Change> lost = new ArrayList<>();
        List<Change> left = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            Change change = pending.get(i);
            boolean touched = change.touches(folder);
            if (lost.stream().anyMatch(change::overlaps) || (touched && !survival.keeps(i))) {
                lost.add(change);
            } else if (touched && left.stream().noneMatch(change::overlaps)) {
                change.makeDurable();
            } else {
                left.add(change);
            }
        }
        pending.clear();
        for (Change change : lost) {
            for (Entry entry : change.entries) {
                entry.folder.entries.clear();
                entry.folder.entries.putAll(entry.folder.durable);
            }
        }
        left.forEach(this::change);
    }

    /** Makes what survives durable; the rest stays pending. */
    void syncAll(Survival survival) {
        survival.start(pending.size());
        List<Change> left = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            Change change = pending.get(i);
            if (survival.keeps(i) && left.stream().noneMatch(change::overlaps)) {
                change.makeDurable();
            } else {
                left.add(change);
            }
        }
        pending.clear();
        pending.addAll(left);
    }

    int pendingChanges() {
        return pending.size();
    }

    /** The tree as the next start finds it, files included; this one is left unchanged. */
    SimNames afterPowerCut(Survival survival) {
        survival.start(pending.size());
        List<Change> lost = new ArrayList<>();
        List<Change> kept = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            Change change = pending.get(i);
            boolean survives = survival.keeps(i) && lost.stream().noneMatch(change::overlaps);
            (survives ? kept : lost).add(change);
        }
        return new SimNames(copy(root, kept, survival, new IdentityHashMap<>()));
    }

    private static SimFolder copy(
            SimFolder folder, List<Change> kept, Survival survival, IdentityHashMap<SimNode, SimNode> copies) {
        TreeMap<String, SimNode> entries = new TreeMap<>(folder.durable);
        for (Change change : kept) {
            for (Entry entry : change.entries) {
                if (entry.folder == folder) {
                    entry.apply(entries);
                }
            }
        }
        SimFolder copy = folder.afterPowerCut(survival);
        copies.put(folder, copy);
        entries.forEach((name, node) -> {
            SimNode known = copies.get(node);
            if (known == null) {
                known = node instanceof SimFolder inner
                        ? copy(inner, kept, survival, copies)
                        : node.afterPowerCut(survival);
                copies.put(node, known);
            }
            copy.entries.put(name, known);
            copy.durable.put(name, known);
        });
        return copy;
    }

    /** Every file below {@code folder} (all of them when null), sorted by path. */
    SortedMap<String, SimFile> files(@Nullable SimFolder folder) {
        TreeMap<String, SimFile> files = new TreeMap<>();
        collect(folder == null ? root : folder, "", files);
        return files;
    }

    private static void collect(SimFolder folder, String prefix, Map<String, SimFile> files) {
        folder.entries.forEach((name, node) -> {
            switch (node) {
                case SimFile file -> files.put(prefix + "/" + name, file);
                case SimFolder inner -> collect(inner, prefix + "/" + name, files);
            }
        });
    }

    /** 64 bits of all names and all visible bytes. */
    long digest() {
        long[] digest = {1};
        digest(root, digest);
        return digest[0];
    }

    private static void digest(SimFolder folder, long[] digest) {
        folder.entries.forEach((name, node) -> {
            digest[0] = SimRandom.mix(digest[0] * 31 + TraceHash.hash(name));
            switch (node) {
                case SimFile file -> digest[0] = SimRandom.mix(digest[0] * 31 + file.digest());
                case SimFolder inner -> {
                    digest(inner, digest);
                    digest[0] = SimRandom.mix(digest[0] + 7);
                }
            }
        });
    }
}
