#ifndef ORGMAN_CLINUX_H
#define ORGMAN_CLINUX_H

// Linux calls that Swift's Glibc module doesn't offer.

#include <stddef.h>
#include <stdint.h>

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>
#include <wchar.h>

/// A flag for open(2) that keeps the access time unchanged. Only the file's owner and root may use it.
extern const int clinux_o_noatime;

/// Whether the file system of an open file records access times.
int clinux_keeps_read_times(int descriptor);

/// The number of columns that a character occupies on the screen in the current locale: 0, 1, or 2;
/// -1 if it isn't printable.
int clinux_wcwidth(uint32_t scalar);

/// Copies the extended attributes of `from` to `to`, and removes those that `from` doesn't have. Access control lists
/// are left alone. Attributes that the file system doesn't support, or that only root may set, are skipped.
void clinux_copy_attributes(int from, int to);

/// What the kernel knows about a file in addition to its status.
struct clinux_traits {
  /// Whether the file can't be changed, renamed, or removed (`chattr +i`).
  int is_immutable;
  /// Whether it can only be appended to (`chattr +a`).
  int is_append_only;
  /// Whether something is mounted on it.
  int is_mount_point;
  /// The mount that it belongs to; 0 if unknown.
  uint64_t mount;
};

/// Gets the traits of a file in a directory, without following a symbolic link, or of the directory itself if the name
/// is empty. Returns 0, or -1 with errno set. Traits that the kernel or file system doesn't support are 0.
int clinux_get_traits(int directory, const char *name, struct clinux_traits *traits);

/// Whether this process has a capability in effect, given its number.
int clinux_has_capability(int number);

/// The file system's magic number, or 0 if unknown.
int64_t clinux_filesystem_type(int descriptor);

/// Makes the C library return blocks of a megabyte or more to the system as soon as they are freed. Without it, a
/// program that runs for days keeps the memory that a few copies of the data took, because small allocations in between
/// prevent its release. Must be called before any thread is started.
void clinux_return_large_memory(void);

/// Returns free memory in smaller blocks to the system now, and the pages of code and constants, most of which only the
/// start needed. Useful after work that took far more memory than remains in use.
void clinux_return_free_memory(void);

/// Asks for huge pages for megabytes of memory that will be written sequentially. This is only a hint.
void clinux_prefer_large_pages(void *memory, size_t size);

/// Whether a text is pure ASCII without a NUL byte.
int clinux_is_ascii(const void *text, size_t size);

/// Allocates disk space for a file and sets its length to `size`. Returns 0, or -1 with errno set: EOPNOTSUPP if the
/// file system doesn't support it.
int clinux_reserve(int descriptor, int64_t size);

/// Asks the kernel to start writing a part of a file to disk. This is only a hint.
void clinux_start_flush(int descriptor, int64_t offset, int64_t size);

/// Sets the modification time to the current time, in nanoseconds. Returns 0, or -1 with errno set.
int clinux_set_time_of_writing(int descriptor);

/// Exchanges two files atomically. Returns 0, or -1 with errno set: EINVAL if the file system doesn't support it.
int clinux_exchange(int directory, const char *name, int other_directory, const char *other);

/// Takes a lease on an open file. While a lease of type F_RDLCK is held, any process that opens the file for writing
/// waits; while one of type F_WRLCK is held, any process that opens it at all waits. Returns 0, or -1 with errno set:
/// EAGAIN if the file is already open in such a way.
int clinux_take_lease(int descriptor, int type);

/// Whether a lease of type F_RDLCK is held and no process is waiting for its release.
int clinux_is_lease_undisturbed(int descriptor);

/// Releases a lease.
void clinux_release_lease(int descriptor);

/// Locks one byte of an open file, whether or not the file has such a byte. The lock belongs to this open file
/// description; closing another one for the same file doesn't release it. Returns 0, or -1 with errno set: EAGAIN if
/// another process holds the lock.
int clinux_lock_byte(int descriptor, int64_t byte);

/// Unlocks `count` bytes starting at `first`; all following bytes if `count` is 0.
int clinux_unlock_bytes(int descriptor, int64_t first, int64_t count);

/// The lowest byte below a limit that is locked through another open file description; -1 if no such
/// byte is locked, or if that can't be determined.
int64_t clinux_first_locked_byte(int descriptor, int64_t first, int64_t limit);

/// Milliseconds of a clock that never goes backward.
int64_t clinux_monotonic_milliseconds(void);

#endif
