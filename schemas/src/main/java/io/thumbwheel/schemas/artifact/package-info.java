/// What a model is on disk: configuration, safetensors, the release and its manifest.
@NullMarked
package io.thumbwheel.schemas.artifact;

import org.jspecify.annotations.NullMarked;
