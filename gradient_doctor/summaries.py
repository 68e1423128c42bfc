"""Writes scalars and histograms for TensorBoard, without needing it."""

import numpy as np

BUCKETS = 30


class Summaries:
    """A folder of event files, which TensorFlow writes."""

    def __init__(self, folder: str) -> None:
        try:
            import tensorflow as tf
        except ImportError:
            raise ImportError(
                "log_dir needs TensorFlow, which writes TensorBoard's files: install "
                "it, or read doctor.history"
            ) from None
        self.writer = tf.summary.create_file_writer(folder)

    def write(self, step: int, scalars: dict, arrays: dict) -> None:
        """Scalars by name, None left out; and histograms of the values of arrays."""
        import tensorflow as tf

        with self.writer.as_default(step=step):
            for name, value in scalars.items():
                if value is not None:
                    write_as("scalars", 1, name, tf.constant(value, "float32"))
            for name, array in arrays.items():
                write_as("histograms", 2, name, tf.constant(count_values(array)))
        self.writer.flush()


def write_as(plugin: str, data_class: int, name: str, tensor: object) -> None:
    """What tf.summary.scalar and tf.summary.histogram write."""
    import tensorflow as tf

    metadata = tf.compat.v1.SummaryMetadata(data_class=data_class)
    metadata.plugin_data.plugin_name = plugin
    tf.summary.write(name, tensor, metadata=metadata)


def count_values(array: np.ndarray) -> np.ndarray:
    """Buckets of a histogram (buckets, 3): left edge, right edge, number of values."""
    counts, edges = np.histogram(array[np.isfinite(array)], BUCKETS)
    return np.stack([edges[:-1], edges[1:], counts.astype("float64")], axis=1)
