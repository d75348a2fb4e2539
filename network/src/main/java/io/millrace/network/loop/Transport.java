package io.millrace.network.loop;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** How sockets are waited for. Stateless. */
public enum Transport {
    /** Linux, through Netty's native library. */
    EPOLL,
    /** Everywhere, through the JDK's selector. */
    NIO;

    /** Epoll where its native library loads, else NIO. */
    public static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory ioHandlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** A new unbound, unregistered listening socket. */
    public ServerChannel newServerChannel() {
        return switch (this) {
            case EPOLL -> new EpollServerSocketChannel();
            case NIO -> new NioServerSocketChannel();
        };
    }

    /** A new unconnected, unregistered socket. */
    public SocketChannel newSocketChannel() {
        return switch (this) {
            case EPOLL -> new EpollSocketChannel();
            case NIO -> new NioSocketChannel();
        };
    }
}
