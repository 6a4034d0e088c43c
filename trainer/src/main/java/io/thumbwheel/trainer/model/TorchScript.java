package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The TorchScript functions of `decoder.torchscript`, compiled once per process. PyTorch reads
/// them from an archive in its own format, which is written here in memory: a pickled empty module,
/// the source, and no constants.
final class TorchScript {
    /// The number of bfloat16 among PyTorch's scalar types.
    static final int BFLOAT16 = 15;

    private static final String NAME = "decoder.torchscript";

    /// The compiled module lives as long as the process.
    private static final PtSymbolBlock MODULE = compile();

    private TorchScript() {}

    /// Begins the engine where it has not begun.
    static void start() {
        if (MODULE.getHandle() == 0) {
            throw new IllegalStateException("PyTorch did not compile " + NAME);
        }
    }

    /// Calls a function of the module. Results belong to the manager of the first argument.
    /// Gradients are recorded where the thread records them.
    static NDList call(String function, NDList arguments) {
        NDArray first = arguments.get(0);
        NDArray selector = first.getManager().create(new Shape());
        selector.setName("module_method:" + function);
        arguments.add(selector);
        NDList results = IValueUtils.forward(MODULE, arguments, true);
        selector.close();
        return results;
    }

    /// Adds the arrays as one argument of type `List[Tensor]`. Functions see arguments in the order
    /// in which their names first occur.
    static void addList(NDList arguments, String name, List<NDArray> arrays) {
        for (NDArray array : arrays) {
            array.setName(name + "[]");
            arguments.add(array);
        }
    }

    private static PtSymbolBlock compile() {
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false);
        try (InputStream source = TorchScript.class.getResourceAsStream(NAME)) {
            if (source == null) {
                throw new IllegalStateException(NAME + " is not on the class path");
            }
            NDManager forEver = NDManager.newBaseManager(Device.cpu(), "PyTorch");
            return JniUtils.loadModule(
                    (PtNDManager) forEver,
                    new ByteArrayInputStream(archive(source.readAllBytes())),
                    true,
                    false);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static byte[] archive(byte[] source) throws IOException {
        byte[] module =
                "\u0080\u0002c__torch__\nDecoder\nq\0)\u0081}(X\b\0\0\0trainingq\u0001\u0088ub."
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] constants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "data.pkl", module);
            store(zip, "code/__torch__.py", source);
            store(zip, "constants.pkl", constants);
            store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("decoder/" + name);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
