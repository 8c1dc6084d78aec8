import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Keeps a window of live objects while it makes garbage, in three threads, so that the collector moves and frees regions. */
public final class Churn {
    public static void main(String[] arguments) throws InterruptedException {
        Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(Churn::churn);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.gc();
    }

    private static void churn() {
        ArrayDeque<byte[]> window = new ArrayDeque<>();
        Map<Integer, String> names = new HashMap<>();
        for (int i = 0; i < 60_000; i++) {
            window.addLast(new byte[1024 + (i % 7) * 512]);
            names.put(i % 5000, "name " + i);
            if (window.size() > 2000) {
                window.removeFirst();
            }
            if (i % 5000 == 0) {
                window.addLast(new byte[600_000]);
            }
        }
    }
}
