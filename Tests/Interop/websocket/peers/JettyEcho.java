// A WebSocket server of Jetty 9.4 that sends back each message: JettyEcho PORT
// Made for this project, as a driver of comparison runs. It prints a line when it listens.
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

public class JettyEcho {
    static final int SIZE = 32 << 20;

    public static void main(String[] words) throws Exception {
        Server server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(words[0])));
        server.setHandler(new WebSocketHandler() {
            @Override
            public void configure(WebSocketServletFactory factory) {
                factory.getPolicy().setMaxTextMessageSize(SIZE);
                factory.getPolicy().setMaxBinaryMessageSize(SIZE);
                factory.register(Echo.class);
            }
        });
        server.start();
        System.out.println("listening");
        server.join();
    }

    public static class Echo extends WebSocketAdapter {
        @Override
        public void onWebSocketText(String message) {
            getRemote().sendString(message, null);
        }

        @Override
        public void onWebSocketBinary(byte[] payload, int offset, int size) {
            getRemote().sendBytes(ByteBuffer.wrap(payload, offset, size).slice(), null);
        }
    }
}
