/** Tests of whole stores on a loop and lanes that the test moves by hand. */
@NullMarked
package io.millrace.storage.engine;

import org.jspecify.annotations.NullMarked;
