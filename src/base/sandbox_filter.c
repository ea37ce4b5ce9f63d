/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox_filter.h"
#include "base/compiler.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#else
#error "the seccomp filter knows x86_64 and aarch64 alone"
#endif

/* Memory, threads, clocks, and reading and writing on descriptors that are open already. */
static const int always_allowed[] = {
    __NR_read,
    __NR_pread64,
    __NR_write,
    __NR_pwrite64,
    __NR_readv,
    __NR_writev,
    __NR_close,
    __NR_lseek,
    __NR_fstat,
    __NR_ftruncate,
    __NR_mmap,
    __NR_munmap,
    __NR_mremap,
    __NR_mprotect,
    __NR_madvise,
    __NR_brk,
    __NR_futex,
    __NR_sched_yield,
    __NR_exit,
    __NR_exit_group,
    __NR_rt_sigreturn,
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_ppoll,
    __NR_sigaltstack,
    __NR_clock_gettime,
    __NR_clock_nanosleep,
    __NR_getrandom,
    __NR_set_robust_list,
    __NR_rseq,
    __NR_getpid,
    __NR_gettid,
    __NR_restart_syscall,
    __NR_sched_getaffinity,
    __NR_uname,
};

/* Reading a directory tree, for a job with read_below_fd; Landlock says which. */
static const int tree_allowed[] = {
    __NR_openat,     __NR_openat2, __NR_getdents64, __NR_newfstatat, __NR_statx,
    __NR_readlinkat, __NR_dup,     __NR_fadvise64,  __NR_fgetxattr,  __NR_fstatfs,
};

enum { FILTER_MOST = 400 };

struct filter {
    struct sock_filter code[FILTER_MOST];
    unsigned short len;
};

static void emit(struct filter *filter, unsigned short code, unsigned char if_true,
                 unsigned char if_false, unsigned int k)
{
    assert(filter->len < FILTER_MOST);
    filter->code[filter->len++] = (struct sock_filter){code, if_true, if_false, k};
}

static void allow_call(struct filter *filter, int number)
{
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned int)number);
    emit(filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

static void answer_call(struct filter *filter, int number, unsigned int action)
{
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned int)number);
    emit(filter, BPF_RET | BPF_K, 0, 0, action);
}

/* clone may make threads but no process; clone3, whose flags a filter cannot see, is "not there",
 * at which the C library falls back to clone. */
static void allow_threads(struct filter *filter)
{
    answer_call(filter, __NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, __NR_clone);
    emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[0]));
    emit(filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, CLONE_THREAD);
    emit(filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    emit(filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM);
}

/* Answers a call so when one of its arguments has the value given. The upper half of an argument is
 * not looked at: all calls below take an int. */
static void answer_call_with(struct filter *filter, int number, unsigned int argument, int value,
                             unsigned int action)
{
    size_t offset = offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t);
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (unsigned int)number);
    emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned int)offset);
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned int)value);
    emit(filter, BPF_RET | BPF_K, 0, 0, action);
    emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
}

static void allow_call_with(struct filter *filter, int number, unsigned int argument, int value)
{
    answer_call_with(filter, number, argument, value, SECCOMP_RET_ALLOW);
}

/* Opening for anything but reading. O_TRUNC cuts a file off even where it is opened for reading. */
static void refuse_writing(struct filter *filter, int number, unsigned int argument)
{
    size_t offset = offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t);
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (unsigned int)number);
    emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned int)offset);
    emit(filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
    emit(filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EACCES);
    emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
}

bool pl_sandbox_filter_inspecting(bool with_tree)
{
    struct filter filter = {.len = 0};
    emit(&filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
    emit(&filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SANDBOX_ARCH);
    emit(&filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    emit(&filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < PL_ARRAY_LEN(always_allowed); i++) {
        allow_call(&filter, always_allowed[i]);
    }
    for (size_t i = 0; with_tree && i < PL_ARRAY_LEN(tree_allowed); i++) {
        allow_call(&filter, tree_allowed[i]);
    }
    /* A signal to oneself, as abort sends it, and to nobody else. */
    allow_call_with(&filter, __NR_tgkill, 0, getpid());
    if (with_tree) {
        /* What opendir asks. F_SETOWN and F_SETSIG would be another way to send signals. */
        allow_call_with(&filter, __NR_fcntl, 1, F_GETFL);
        allow_call_with(&filter, __NR_fcntl, 1, F_SETFD);
        allow_call_with(&filter, __NR_fcntl, 1, F_DUPFD_CLOEXEC);
    }
    allow_threads(&filter);
    answer_call(&filter, __NR_execve, SECCOMP_RET_KILL_PROCESS);
    answer_call(&filter, __NR_execveat, SECCOMP_RET_KILL_PROCESS);
    answer_call(&filter, __NR_socket, SECCOMP_RET_KILL_PROCESS);
    answer_call(&filter, __NR_ptrace, SECCOMP_RET_KILL_PROCESS);
    emit(&filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog program = {.len = filter.len, .filter = filter.code};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* What a fetching child has no business with: programs, other processes, changes to files (Landlock
 * knows nothing of modes, owners and times, and before its third version nothing of lengths), the
 * kernel's own state. All else it may do: what libcurl and name service modules call is not ours to
 * list. */
static const int never_fetching[] = {
    __NR_execve,
    __NR_execveat,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_process_madvise,
    __NR_kcmp,
    __NR_kill,
    __NR_tkill,
    __NR_rt_sigqueueinfo,
    __NR_rt_tgsigqueueinfo,
    __NR_truncate,
    __NR_fchmod,
    __NR_fchmodat,
    __NR_fchown,
    __NR_fchownat,
    __NR_utimensat,
    __NR_setxattr,
    __NR_lsetxattr,
    __NR_fsetxattr,
    __NR_removexattr,
    __NR_lremovexattr,
    __NR_fremovexattr,
    __NR_mkdirat,
    __NR_mknodat,
    __NR_unlinkat,
    __NR_linkat,
    __NR_symlinkat,
    __NR_renameat2,
#if defined(__x86_64__)
    __NR_creat,
    __NR_chmod,
    __NR_chown,
    __NR_lchown,
    __NR_utime,
    __NR_utimes,
    __NR_futimesat,
    __NR_mkdir,
    __NR_mknod,
    __NR_unlink,
    __NR_rmdir,
    __NR_link,
    __NR_symlink,
    __NR_rename,
#endif
    __NR_renameat,
    __NR_mount,
    __NR_open_tree,
    __NR_move_mount,
    __NR_fsopen,
    __NR_fsmount,
    __NR_mount_setattr,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_setns,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_kexec_file_load,
    __NR_reboot,
    __NR_swapon,
    __NR_swapoff,
    __NR_acct,
    __NR_quotactl,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_adjtimex,
    __NR_clock_adjtime,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_syslog,
    __NR_unshare,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_pidfd_getfd,
    __NR_open_by_handle_at,
    __NR_userfaultfd,
    __NR_io_uring_setup,
    __NR_pidfd_send_signal,
};

bool pl_sandbox_filter_fetching(void)
{
    struct filter filter = {.len = 0};
    emit(&filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
    emit(&filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SANDBOX_ARCH);
    emit(&filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    emit(&filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    /* The same calls once more, under other numbers (x32). */
    emit(&filter, BPF_JMP | BPF_JGE | BPF_K, 0, 1, __X32_SYSCALL_BIT);
    emit(&filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    refuse_writing(&filter, __NR_open, 1);
#endif
    refuse_writing(&filter, __NR_openat, 2);
    /* Its flags lie in memory, which a filter cannot see; whoever calls it falls back on openat. */
    answer_call(&filter, __NR_openat2, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < PL_ARRAY_LEN(never_fetching); i++) {
        answer_call(&filter, never_fetching[i], SECCOMP_RET_ERRNO | EPERM);
    }
    /* A signal to oneself, as abort sends it; limits of one's own; and never keys for a terminal,
     * or signals by way of a descriptor. */
    allow_call_with(&filter, __NR_tgkill, 0, getpid());
    answer_call(&filter, __NR_tgkill, SECCOMP_RET_ERRNO | EPERM);
    allow_call_with(&filter, __NR_prlimit64, 0, 0);
    answer_call(&filter, __NR_prlimit64, SECCOMP_RET_ERRNO | EPERM);
    answer_call_with(&filter, __NR_ioctl, 1, TIOCSTI, SECCOMP_RET_ERRNO | EPERM);
    answer_call_with(&filter, __NR_fcntl, 1, F_SETOWN, SECCOMP_RET_ERRNO | EPERM);
    answer_call_with(&filter, __NR_fcntl, 1, F_SETOWN_EX, SECCOMP_RET_ERRNO | EPERM);
    answer_call_with(&filter, __NR_fcntl, 1, F_SETSIG, SECCOMP_RET_ERRNO | EPERM);
    emit(&filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = filter.len, .filter = filter.code};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}
