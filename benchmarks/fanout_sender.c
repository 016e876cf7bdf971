/* The fan-out's peer and its judge.
 *
 *   fanout send N FILE            listen, print the port, accept N sockets; at a line on stdin send every frame of
 *                                 FILE ([4-byte little-endian length][bytes] …) to every socket with send(), and
 *                                 print the seconds it took, and of those the processor's
 *   fanout receive PORT N K PATH  open N sockets (PATH "-": plain TCP; otherwise a websocket handshake for PATH and
 *                                 one state frame), print "ready", count K text frames on each, print frames and
 *                                 payload bytes
 *
 * Both sides of the comparison are read by the same receiver, which parses every frame header.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, EVENTS = 1024, TEXT = 0x81 };

/* A frame reader: a header of 2, 4 or 10 bytes, then the payload. */
struct reader {
    int fd;
    unsigned char head[10];
    int have;
    uint64_t left;
    long frames;
};

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_for_line(void) {
    char line[64];
    if (fgets(line, sizeof line, stdin) == NULL) exit(1);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int send_all(int n, const char *path) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int *sockets = calloc((size_t)n, sizeof *sockets);
    for (int i = 0; i < n; i++) {
        if ((sockets[i] = accept(listener, NULL, NULL)) < 0) die("accept");
        setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) die(path);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    unsigned char *frames = malloc((size_t)length);
    if (fread(frames, 1, (size_t)length, file) != (size_t)length) die("fread");
    wait_for_line();
    double began = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (long at = 0; at < length;) {
        uint32_t bytes;
        memcpy(&bytes, frames + at, 4);
        at += 4;
        for (int i = 0; i < n; i++) {
            ssize_t sent = send(sockets[i], frames + at, bytes, MSG_NOSIGNAL);
            if (sent != (ssize_t)bytes) die("send");
        }
        at += bytes;
    }
    printf("%.9f %.9f\n", seconds(CLOCK_MONOTONIC) - began, seconds(CLOCK_PROCESS_CPUTIME_ID) - used);
    fflush(stdout);
    wait_for_line();
    return 0;
}

/* Counts what came; returns the payload bytes of complete frames' headers seen. */
static uint64_t take(struct reader *r, const unsigned char *data, ssize_t length) {
    uint64_t payload = 0;
    while (length > 0) {
        if (r->left > 0) {
            uint64_t step = r->left < (uint64_t)length ? r->left : (uint64_t)length;
            r->left -= step;
            data += step;
            length -= (ssize_t)step;
            if (r->left == 0 && r->head[0] == TEXT) r->frames++;
            continue;
        }
        r->head[r->have++] = *data++;
        length--;
        int code = r->have < 2 ? 0 : r->head[1] & 127;
        int need = code == 127 ? 10 : code == 126 ? 4 : 2;
        if (r->have < 2 || r->have < need) continue;
        r->left = need == 2 ? (uint64_t)code : 0;
        for (int i = 2; i < need; i++) r->left = r->left << 8 | r->head[i];
        r->have = 0;
        payload += r->left;
    }
    return payload;
}

static void shake_hands(struct reader *r, const char *path, int port) {
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          path, port);
    if (send(r->fd, text, (size_t)length, MSG_NOSIGNAL) != length) die("handshake");
    static unsigned char data[CHUNK];
    size_t have = 0;
    for (;;) {
        ssize_t got = recv(r->fd, data + have, sizeof data - have - 1, 0);
        if (got <= 0) die("handshake answer");
        have += (size_t)got;
        data[have] = 0;
        char *end = strstr((char *)data, "\r\n\r\n");
        if (end == NULL) continue;
        if (strncmp((char *)data, "HTTP/1.1 101", 12) != 0) {
            fprintf(stderr, "%s\n", (char *)data);
            exit(1);
        }
        size_t rest = (size_t)((unsigned char *)end + 4 - data);
        take(r, data + rest, (ssize_t)(have - rest));
        break;
    }
    while (r->frames == 0) { /* the state */
        ssize_t got = recv(r->fd, data, sizeof data, 0);
        if (got <= 0) die("state");
        take(r, data, got);
    }
    r->frames = 0;
}

static int receive(int port, int n, long each, const char *path) {
    struct reader *readers = calloc((size_t)n, sizeof *readers);
    struct sockaddr_in address = loopback(port);
    int poll = epoll_create1(0);
    for (int i = 0; i < n; i++) {
        struct reader *r = &readers[i];
        if ((r->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) die("socket");
        if (connect(r->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
        if (strcmp(path, "-") != 0) shake_hands(r, path, port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = r};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, r->fd, &event)) die("epoll_ctl");
    }
    printf("ready\n");
    fflush(stdout);
    static unsigned char data[CHUNK];
    struct epoll_event events[EVENTS];
    uint64_t payload = 0;
    for (int unfinished = n; unfinished > 0;) {
        int found = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < found; i++) {
            struct reader *r = events[i].data.ptr;
            ssize_t got = recv(r->fd, data, sizeof data, 0);
            if (got <= 0) die("recv");
            payload += take(r, data, got);
            if (r->frames > each) {
                fprintf(stderr, "a frame too many\n");
                return 1;
            }
            if (r->frames == each && r->left == 0 && r->have == 0) {
                unfinished--;
                if (epoll_ctl(poll, EPOLL_CTL_DEL, r->fd, NULL)) die("epoll_ctl");
            }
        }
    }
    printf("%ld %llu\n", (long)n * each, (unsigned long long)payload);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "send") == 0) return send_all(atoi(argv[2]), argv[3]);
    if (argc == 6 && strcmp(argv[1], "receive") == 0)
        return receive(atoi(argv[2]), atoi(argv[3]), atol(argv[4]), argv[5]);
    fprintf(stderr, "usage: fanout send N FILE | fanout receive PORT N K PATH\n");
    return 2;
}
