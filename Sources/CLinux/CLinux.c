#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/capability.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

const int clinux_o_noatime = O_NOATIME;

int clinux_keeps_read_times(int descriptor) {
  struct statvfs status;
  return fstatvfs(descriptor, &status) == 0 && (status.f_flag & ST_NOATIME) == 0;
}

int clinux_wcwidth(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

// Access control lists depend on the owner and group, and are copied along with them.
static int is_list(const char *name) { return strncmp(name, "system.posix_acl_", 17) == 0; }

// Attributes that the file system doesn't support, or that only root may set, are not worth failing
// for: the bytes matter more.
void clinux_copy_attributes(int from, int to) {
  char names[65536];
  ssize_t length = flistxattr(to, names, sizeof names);
  for (char *name = names; name < names + length; name += strlen(name) + 1) {
    if (!is_list(name) && fgetxattr(from, name, NULL, 0) < 0 && errno == ENODATA) (void)fremovexattr(to, name);
  }
  length = flistxattr(from, names, sizeof names);
  if (length <= 0) return;
  char *value = malloc(65536);
  if (value == NULL) return;
  for (char *name = names; name < names + length; name += strlen(name) + 1) {
    ssize_t size = is_list(name) ? -1 : fgetxattr(from, name, value, 65536);
    if (size >= 0) (void)fsetxattr(to, name, value, (size_t)size, 0);
  }
  free(value);
}

int clinux_get_traits(int directory, const char *name, struct clinux_traits *traits) {
  struct statx status;
  memset(traits, 0, sizeof *traits);
  memset(&status, 0, sizeof status);
  int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
  if (statx(directory, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &status) != 0) return -1;
  traits->is_immutable = (status.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
  traits->is_append_only = (status.stx_attributes & STATX_ATTR_APPEND) != 0;
  traits->is_mount_point = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  if (status.stx_mask & STATX_MNT_ID) traits->mount = status.stx_mnt_id;
  return 0;
}

int clinux_has_capability(int number) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  if (number < 0 || number > 63 || syscall(SYS_capget, &header, data) != 0) return 0;
  return (data[number / 32].effective >> (number % 32)) & 1;
}

int64_t clinux_filesystem_type(int descriptor) {
  struct statfs info;
  if (fstatfs(descriptor, &info) != 0) return 0;
  return (int64_t)info.f_type;
}

void clinux_return_large_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_ARENA_MAX, 2);
}

/// Gives back the pages of an object's code and constants; those that are needed are there again at the next access.
static int release_constant_pages(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int number = 0; number < object->dlpi_phnum; number += 1) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
    (void)madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void clinux_return_free_memory(void) {
  (void)malloc_trim(0);
  (void)dl_iterate_phdr(release_constant_pages, NULL);
}

void clinux_prefer_large_pages(void *memory, size_t size) {
  const uintptr_t page = 4096;
  uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1), end = ((uintptr_t)memory + size) & ~(page - 1);
  if (memory != NULL && start < end) (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}

int clinux_is_ascii(const void *text, size_t size) {
  const unsigned char *bytes = text;
  // Works on one chunk at a time, without a branch in the inner loop, so that the compiler can vectorize it.
  for (size_t start = 0; start < size;) {
    size_t end = size - start < 4096 ? size : start + 4096;
    unsigned char bits = 0;
    // Subtracting 1 turns a NUL byte into 0xff.
    for (; start < end; start++) bits |= bytes[start] | (unsigned char)(bytes[start] - 1);
    if (bits & 0x80) return 0;
  }
  return 1;
}

int clinux_reserve(int descriptor, int64_t size) { return fallocate(descriptor, 0, 0, size); }

void clinux_start_flush(int descriptor, int64_t offset, int64_t size) {
  (void)sync_file_range(descriptor, offset, size, SYNC_FILE_RANGE_WRITE);
}

int clinux_set_time_of_writing(int descriptor) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};
  clock_gettime(CLOCK_REALTIME, &times[1]);
  return futimens(descriptor, times);
}

int clinux_exchange(int directory, const char *name, int other_directory, const char *other) {
  return renameat2(directory, name, other_directory, other, RENAME_EXCHANGE);
}

int clinux_take_lease(int descriptor, int type) {
  // When a writer opens the file, the kernel sends SIGIO, which kills the process by default. The signal isn't needed:
  // the state of the lease is checked when it matters.
  struct sigaction action;
  if (sigaction(SIGIO, NULL, &action) == 0 && action.sa_handler == SIG_DFL) signal(SIGIO, SIG_IGN);
  return fcntl(descriptor, F_SETLEASE, type);
}

int clinux_is_lease_undisturbed(int descriptor) {
  return fcntl(descriptor, F_GETLEASE) == F_RDLCK;
}

void clinux_release_lease(int descriptor) { (void)fcntl(descriptor, F_SETLEASE, F_UNLCK); }

static struct flock byte_range(short type, int64_t first, int64_t count) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
}

int clinux_lock_byte(int descriptor, int64_t byte) {
  struct flock range = byte_range(F_WRLCK, byte, 1);
  return fcntl(descriptor, F_OFD_SETLK, &range);
}

int clinux_unlock_bytes(int descriptor, int64_t first, int64_t count) {
  struct flock range = byte_range(F_UNLCK, first, count);
  return fcntl(descriptor, F_OFD_SETLK, &range);
}

int64_t clinux_first_locked_byte(int descriptor, int64_t first, int64_t limit) {
  int64_t lowest = -1;
  while (first < limit) {
    // The kernel reports the lock that was acquired first, which need not be the lowest.
    struct flock range = byte_range(F_WRLCK, first, limit - first);
    if (fcntl(descriptor, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK) break;
    lowest = range.l_start;
    limit = range.l_start;
  }
  return lowest;
}

int64_t clinux_monotonic_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
