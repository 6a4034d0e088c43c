/// Training data in the formats that people have: rows of JSON and plain text to comparisons,
/// thumbs and conversations. What cannot be used is counted by kind and named by file and line.
@NullMarked
package io.thumbwheel.trainer.formats;

import org.jspecify.annotations.NullMarked;
