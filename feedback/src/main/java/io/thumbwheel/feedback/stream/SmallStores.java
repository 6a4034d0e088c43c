package io.thumbwheel.feedback.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/// Bounds the memory of all state stores of the process together: one cache, of which write buffers
/// are a part. Kafka's defaults bound each store by itself, at about 100 MB.
public final class SmallStores implements RocksDBConfigSetter {
    private static final long TOTAL_BYTES = 48L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final long ONE_BUFFER_BYTES = 2L << 20;

    /// Live as long as the process: every store refers to them.
    private static final class Shared {
        static final Cache CACHE = new LRUCache(TOTAL_BYTES, -1, false, 0.1);
        static final WriteBufferManager BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);
    }

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(Shared.BUFFERS);
        options.setWriteBufferSize(ONE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    /// Nothing: what the stores share outlives each of them.
    @Override
    public void close(String store, Options options) {}
}
