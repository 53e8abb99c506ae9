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

/// A flag for open(2) that leaves the time alone at which the file was last read; its owner and root may use it.
extern const int clinux_o_noatime;

/// Whether the file system of an open file keeps when files are read.
int clinux_keeps_read_times(int descriptor);

/// The columns that a character takes on the screen in the current locale: 0, 1 or 2, or -1 for
/// one that can't be printed.
int clinux_wcwidth(uint32_t scalar);

/// Gives `to` the extended attributes of `from`, and takes away those that it lacks; access control lists are left as they
/// are. What the file system doesn't keep, or only root may set, is left out.
void clinux_copy_attributes(int from, int to);

/// What the kernel says of a file beside its status.
struct clinux_traits {
  /// Whether nobody can change, rename or remove it (`chattr +i`).
  int is_immutable;
  /// Whether it can only be appended to (`chattr +a`).
  int is_append_only;
  /// Whether something is mounted on it.
  int is_mount_point;
  /// The mount that it belongs to; 0 where that can't be told.
  uint64_t mount;
};

/// The traits of a file in a directory, not following a symbolic link; of the directory itself if the name is empty. 0, or
/// -1 with errno: what a kernel or file system doesn't know is 0.
int clinux_get_traits(int directory, const char *name, struct clinux_traits *traits);

/// Whether this process has a capability in effect, by its number.
int clinux_has_capability(int number);

/// The file system's magic number, or 0 if it can't be told.
int64_t clinux_filesystem_type(int descriptor);

/// Lets memory of a megabyte and more go back to the system as soon as it is freed, for a program that is left open for
/// days: otherwise the C library keeps what a few copies of the data took, and what little is used in between keeps it
/// from ever going back. Must come before any thread is started.
void clinux_return_large_memory(void);

/// Gives what is free of smaller memory back to the system now: after work that took far more than what is left of it.
void clinux_return_free_memory(void);

/// Asks for large pages where memory of megabytes will be written from one end to the other; nothing is promised by it.
void clinux_prefer_large_pages(void *memory, size_t size);

/// Whether a text is all ASCII, without a NUL byte.
int clinux_is_ascii(const void *text, size_t size);

/// Sets room aside for a file, whose length becomes `size`. 0, or -1 with errno: EOPNOTSUPP where the file
/// system can't.
int clinux_reserve(int descriptor, int64_t size);

/// Lets the kernel begin to write a part of a file to the disk; nothing is promised by it.
void clinux_start_flush(int descriptor, int64_t offset, int64_t size);

/// Sets the time of the last write to the present, in nanoseconds. 0, or -1 with errno.
int clinux_set_time_of_writing(int descriptor);

/// Exchanges two files at one stroke. 0, or -1 with errno: EINVAL where the file system can't.
int clinux_exchange(int directory, const char *name, int other_directory, const char *other);

/// Takes a lease on an open file. While one of the type F_RDLCK is held, whoever opens the file for writing waits; while
/// one of the type F_WRLCK is held, whoever opens it at all. 0, or -1 with errno: EAGAIN while somebody else has it open
/// so.
int clinux_take_lease(int descriptor, int type);

/// Whether a lease of the type F_RDLCK is held, and nobody waits for it to be given back.
int clinux_is_lease_undisturbed(int descriptor);

/// Gives a lease back.
void clinux_release_lease(int descriptor);

/// Locks one byte of an open file, whether there is such a byte or not, for whoever shares this opening of it. 0, or -1
/// with errno: EAGAIN where somebody else has it. Closing another opening of the file doesn't give it back.
int clinux_lock_byte(int descriptor, int64_t byte);

/// Gives back the locks of `count` bytes from a place on; 0 for all of them.
int clinux_unlock_bytes(int descriptor, int64_t first, int64_t count);

/// The lowest byte below a limit that somebody else has locked; -1 where there is none, or that can't be told.
int64_t clinux_first_locked_byte(int descriptor, int64_t first, int64_t limit);

/// Milliseconds of a clock that never goes back.
int64_t clinux_monotonic_milliseconds(void);

#endif
