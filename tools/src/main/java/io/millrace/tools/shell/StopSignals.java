package io.millrace.tools.shell;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C and TERM: the first asks for an orderly stop, the second ends at once.
 *
 * <p>The JDK has no supported way to see a second
 * signal while a stop is under way; {@code sun.misc.Signal} is reached by name because javac cannot be told to accept it.
 */
public final class StopSignals {

    private StopSignals() {}

    /**
     * Takes both signals from now on, for the rest of the process.
     *
     * @param first asks the main thread to stop; must not block
     * @param second ends the process
     */
    public static void install(Runnable first, Runnable second) {
        AtomicBoolean asked = new AtomicBoolean();
        InvocationHandler onSignal = (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
                (asked.compareAndSet(false, true) ? first : second).run();
            }
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object receiver = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, onSignal);
            for (String name : new String[] {"INT", "TERM"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
            }
        } catch (ReflectiveOperationException e) {
            // Another JVM: a signal then ends the process as the JVM does it; recovery at the next start loses nothing.
            System.err.println("millrace: this Java hands out no signals, so a stop will not be orderly");
        }
    }
}
