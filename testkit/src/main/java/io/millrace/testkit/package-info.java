/**
 * What tests with a real broker share: a broker in this process on free ports and a temporary folder, and programs of other
 * languages when they are installed. Entry type: {@link io.millrace.testkit.TestBroker}. Owner: the test's thread.
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
