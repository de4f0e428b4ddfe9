/* A disk that misbehaves on command. Loaded before the C library into a gateway under trial; nothing of the gateway knows.
 *
 * Watched are the files below TRIAL_DISK_DIR: the database and its log (sluice.db, sluice.db-wal) as the durable ones,
 * everything else there but the pretend messenger's ledger as ordinary ones.
 *
 * TRIAL_DISK_CONTROL is a file that is shared with the trial:
 *   bytes 0..4    what to do: 0 nothing, 1 no space is left, 2 syncs of durable files fail
 *   bytes 8..16   how often that was done
 *   bytes 16..24  when it was done first, in nanoseconds since 1970
 *
 * TRIAL_DISK_LOG, where it is set, is a file that gets a record of each write to a durable file, before it is done, and of
 * each sync, after it was done, so that the trial can play a loss of power: see power.rs, which reads it.
 * With TRIAL_DISK_NORMAL set, a sync of the log counts only once the database itself is written: what SQLite would do
 * with synchronous=NORMAL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { UNKNOWN, FOREIGN, ORDINARY, DATABASE, LOG };
enum { WRITTEN = 1, SYNCED = 2, CUT = 3 };
#define DESCRIPTORS 65536

struct control {
    _Atomic uint32_t mode;
    uint32_t unused;
    _Atomic uint64_t done;
    _Atomic uint64_t first;
};

static struct control nothing, *control = &nothing;
static char folder[4096];
static size_t folder_length;
static int record_fd = -1;
static int normal, log_sync_is_due;
static _Atomic unsigned char kinds[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off64_t);
static int (*real_close)(int);

__attribute__((constructor)) static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_close = dlsym(RTLD_NEXT, "close");
    const char *dir = getenv("TRIAL_DISK_DIR"), *shared = getenv("TRIAL_DISK_CONTROL"), *log = getenv("TRIAL_DISK_LOG");
    if (dir) {
        snprintf(folder, sizeof folder, "%s/", dir);
        folder_length = strlen(folder);
    }
    if (shared) {
        int fd = open(shared, O_RDWR);
        void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) {
            perror("disk shim: the control file");
            abort();
        }
        control = page;
        real_close(fd);
    }
    if (log) {
        record_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (record_fd < 0) {
            perror("disk shim: the record");
            abort();
        }
    }
    normal = getenv("TRIAL_DISK_NORMAL") != NULL;
}

static int ends(const char *path, const char *end) {
    size_t a = strlen(path), b = strlen(end);
    return a >= b && strcmp(path + a - b, end) == 0;
}

static int kind(int fd) {
    if (fd < 0 || fd >= DESCRIPTORS || !folder_length) return FOREIGN;
    int known = kinds[fd];
    if (known != UNKNOWN) return known;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    known = FOREIGN;
    if (length > 0) {
        path[length] = 0;
        if (strncmp(path, folder, folder_length) == 0 && !strstr(path, "/sandbox/"))
            known = ends(path, "/sluice.db") ? DATABASE : ends(path, "/sluice.db-wal") ? LOG : ORDINARY;
    }
    kinds[fd] = known;
    return known;
}

static void note(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t none = 0;
    atomic_compare_exchange_strong(&control->first, &none, (uint64_t)now.tv_sec * 1000000000u + now.tv_nsec);
    atomic_fetch_add(&control->done, 1);
}

/* No space: what is there may be written over, nothing may grow. */
static int is_full(int fd, off64_t end) {
    struct stat64 found;
    if (control->mode != 1 || kind(fd) == FOREIGN) return 0;
    if (fstat64(fd, &found) != 0 || !S_ISREG(found.st_mode) || end <= found.st_size) return 0;
    note();
    errno = ENOSPC;
    return 1;
}

struct record {
    uint8_t what, file;
    uint16_t unused;
    uint32_t before;  /* bytes of the old contents that follow */
    uint32_t after;   /* bytes of the new contents that follow those */
    uint32_t unused_too;
    uint64_t offset;  /* where it is written; or the size that it is cut to */
    uint64_t size;    /* of the file before */
};

static void put(struct record record, const void *before, const void *after) {
    struct iovec parts[3] = {
        {&record, sizeof record}, {(void *)before, record.before}, {(void *)after, record.after}};
    ssize_t whole = sizeof record + record.before + record.after;
    if (real_writev(record_fd, parts, 3) != whole) {
        perror("disk shim: the record");
        abort();
    }
}

static void put_sync(int file) {
    put((struct record){.what = SYNCED, .file = file}, NULL, NULL);
}

static void put_write(int fd, const void *bytes, size_t count, off64_t offset) {
    int file = kind(fd);
    if (record_fd < 0 || (file != DATABASE && file != LOG)) return;
    if (file == DATABASE && log_sync_is_due) {
        put_sync(LOG);
        log_sync_is_due = 0;
    }
    struct stat64 found;
    fstat64(fd, &found);
    char *old = malloc(count ? count : 1);
    ssize_t got = pread64(fd, old, count, offset);
    put((struct record){.what = WRITTEN, .file = file, .before = got > 0 ? got : 0, .after = count, .offset = offset,
                        .size = found.st_size}, old, bytes);
    free(old);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    if (kind(fd) == FOREIGN) return real_pwrite(fd, bytes, count, offset);
    if (is_full(fd, offset + count)) return -1;
    pthread_mutex_lock(&lock);
    put_write(fd, bytes, count, offset);
    ssize_t done = real_pwrite(fd, bytes, count, offset);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

ssize_t write(int fd, const void *bytes, size_t count) {
    if (kind(fd) == FOREIGN) return real_write(fd, bytes, count);
    off64_t offset = lseek64(fd, 0, SEEK_CUR);
    if (is_full(fd, offset + count)) return -1;
    pthread_mutex_lock(&lock);
    put_write(fd, bytes, count, offset);
    ssize_t done = real_write(fd, bytes, count);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate64(int fd, off64_t size) {
    int file = kind(fd);
    if (file == FOREIGN) return real_ftruncate(fd, size);
    if (is_full(fd, size)) return -1;
    pthread_mutex_lock(&lock);
    if (record_fd >= 0 && (file == DATABASE || file == LOG)) {
        struct stat64 found;
        fstat64(fd, &found);
        size_t lost = found.st_size > size ? found.st_size - size : 0;
        char *old = malloc(lost ? lost : 1);
        ssize_t got = lost ? pread64(fd, old, lost, size) : 0;
        put((struct record){.what = CUT, .file = file, .before = got > 0 ? got : 0, .offset = size, .size = found.st_size},
            old, NULL);
        free(old);
    }
    int done = real_ftruncate(fd, size);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, int (*real)(int)) {
    int file = kind(fd);
    if (file != DATABASE && file != LOG) return real(fd);
    if (control->mode == 2) {
        note();
        errno = EIO;
        return -1;
    }
    pthread_mutex_lock(&lock);
    int done = real(fd);
    if (done == 0 && record_fd >= 0) {
        if (normal && file == LOG) log_sync_is_due = 1;
        else put_sync(file);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) kinds[fd] = UNKNOWN;
    return real_close(fd);
}
