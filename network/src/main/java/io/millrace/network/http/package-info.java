/**
 * A small HTTP/1.1 server for the admin port: GET and HEAD of fixed paths, every size, time and number bounded. Entry type:
 * {@link io.millrace.network.http.HttpServer}. Owner: the loop it was given, the control loop in a broker.
 */
@NullMarked
package io.millrace.network.http;

import org.jspecify.annotations.NullMarked;
