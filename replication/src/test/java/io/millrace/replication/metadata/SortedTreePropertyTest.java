package io.millrace.replication.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SortedTreePropertyTest {

    @Property
    void behavesLikeATreeMapAndLeavesOlderVersionsAlone(
            @ForAll @Size(max = 200) List<@IntRange(min = -40, max = 40) Integer> steps) {
        SortedTree<Integer, String> tree = SortedTree.empty();
        TreeMap<Integer, String> model = new TreeMap<>();
        List<SortedTree<Integer, String>> versions = new ArrayList<>();
        List<List<String>> contents = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            int step = steps.get(i);
            int key = Math.abs(step);
            if (step < 0) {
                tree = tree.without(key);
                model.remove(key);
            } else {
                tree = tree.with(key, key + "@" + i);
                model.put(key, key + "@" + i);
            }
            versions.add(tree);
            contents.add(new ArrayList<>(model.values()));
        }
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i)).containsExactlyElementsOf(contents.get(i));
            assertThat(versions.get(i).size()).isEqualTo(contents.get(i).size());
        }
        for (int key = 0; key <= 40; key++) {
            assertThat(tree.get(key)).isEqualTo(model.get(key));
        }
    }

    @Property(tries = 5)
    void staysShallowWhenKeysArriveInOrder(@ForAll @IntRange(min = 1_000, max = 5_000) int size) {
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        for (int i = 0; i < size; i++) {
            tree = tree.with(i, i);
        }
        for (int i = 0; i < size; i += 2) {
            tree = tree.without(i);
        }
        assertThat(tree.size()).isEqualTo(size / 2);
        assertThat(tree.height()).isLessThan((int) (1.45 * (32 - Integer.numberOfLeadingZeros(size))) + 1);
    }
}
