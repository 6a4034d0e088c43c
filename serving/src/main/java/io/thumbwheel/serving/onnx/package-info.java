/// Releases run by ONNX Runtime: the only package of serving that imports it.
@NullMarked
package io.thumbwheel.serving.onnx;

import org.jspecify.annotations.NullMarked;
