/// The rim that every HTTP path of serving shares: keys, bodies, errors in words, and the pages.
@NullMarked
package io.thumbwheel.serving.web;

import org.jspecify.annotations.NullMarked;
