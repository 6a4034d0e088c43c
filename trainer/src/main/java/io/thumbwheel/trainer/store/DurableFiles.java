package io.thumbwheel.trainer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Files that are either whole or absent after a crash: written aside, forced to disk, renamed.
public final class DurableFiles {
    private DurableFiles() {}

    /// Replaces `target` by `bytes`; a crash leaves the old content or the new one.
    public static void write(Path target, byte[] bytes) throws IOException {
        Path folder = folderOf(target);
        Files.createDirectories(folder);
        Path aside = target.resolveSibling("." + target.getFileName() + ".part");
        Files.write(aside, bytes);
        force(aside);
        rename(aside, target);
    }

    /// Renames and forces the new name to disk.
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(folderOf(to));
    }

    /// Forces all that is in a folder to disk, then the folder.
    public static void forceFolder(Path folder) throws IOException {
        List<Path> inside;
        try (Stream<Path> all = Files.list(folder)) {
            inside = all.toList();
        }
        for (Path one : inside) {
            if (Files.isDirectory(one)) {
                forceFolder(one);
            } else {
                force(one);
            }
        }
        force(folder);
    }

    /// The regular files of a folder, by name.
    public static List<Path> filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /// Deletes a folder with all that is in it; nothing where there is none.
    public static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static void force(Path fileOrFolder) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " is not inside a folder");
        }
        return folder;
    }
}
