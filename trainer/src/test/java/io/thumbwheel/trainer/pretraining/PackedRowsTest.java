package io.thumbwheel.trainer.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PackedRowsTest {
    @Test
    void aDocumentGoesIntoTheRowThatItFillsBest() {
        var packed = new PackedRows(6, 0);

        packed.add(new int[] {1, 1, 1});
        packed.add(new int[] {2, 2, 2, 2});
        packed.add(new int[] {3, 3});
        packed.add(new int[] {4});

        assertThat(packed.rows())
                .containsExactly(new int[] {2, 2, 2, 2, 3, 3}, new int[] {1, 1, 1, 4, 0, 0});
    }

    @Test
    void aLongDocumentGoesOnWithAnOverlapOfOne() {
        var packed = new PackedRows(4, 0);

        packed.add(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

        assertThat(packed.rows())
                .containsExactly(
                        new int[] {1, 2, 3, 4}, new int[] {4, 5, 6, 7}, new int[] {7, 8, 9, 0});
    }

    @Test
    void paddingIsNoTarget() {
        Batch batch = Batch.of(List.of(new int[] {1, 2, 3, 0, 0}, new int[] {4, 5, 6, 7, 8}), 0);

        assertThat(batch.inputs()).containsExactly(1, 2, 3, 0, 4, 5, 6, 7);
        assertThat(batch.targets()).containsExactly(2, 3, -100, -100, 5, 6, 7, 8);
        assertThat(batch.counted()).isEqualTo(6);
    }
}
