/**
 * What can be configured: one typed table of keys per scope (broker, topic), and the immutable values parsed from it. Entry
 * type: {@link io.millrace.broker.config.BrokerConfig}. Owner: none, everything here is immutable.
 */
@NullMarked
package io.millrace.broker.config;

import org.jspecify.annotations.NullMarked;
