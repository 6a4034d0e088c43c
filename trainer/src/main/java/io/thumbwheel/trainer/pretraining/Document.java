package io.thumbwheel.trainer.pretraining;

import java.util.BitSet;

/// One text or conversation as ids.
///
/// @param ids begin with bos
/// @param answered 1 where the id is one that the assistant says, its eos included; empty where
///   nobody asked for it
/// @param bytes UTF-8 length of what it says, without special tokens
public record Document(int[] ids, BitSet answered, long bytes) {}
