/*
 * A virtual machine whose physical memory is the window: the kernel's own secondary MMU, with its own page tables behind the
 * kernel's own notifiers. Its processor runs in long mode at privilege level 3, since some hosts run nothing else natively
 * and interpret the rest without a secondary MMU. Each access is one instruction and one port exit.
 *
 * Guest physical memory: the stub at 0, the window at 1 GiB. Guest virtual addresses are the same.
 */
#include "oracle.h"
#include <linux/kvm.h>
#include <sys/ioctl.h>

enum {
    STUB_PAGES = 8,
    CODE = 0x0,
    TOP_TABLE = 0x1000,
    SECOND_TABLE = 0x2000,
    LOW_DIRECTORY = 0x3000,
    WINDOW_DIRECTORY = 0x4000,
    SEGMENTS = 0x5000,
    TASK = 0x6000,
    WRITE_CODE = 0x10,
    READ_PORT = 0x10,
    WRITE_PORT = 0x11,
    RUN_PAGES = 16,
};

static const uint64_t window_at = 1ULL << 30;

static unsigned char stub[STUB_PAGES * PAGE_BYTES] __attribute__((aligned(4096)));
static unsigned char run_pages[RUN_PAGES * PAGE_BYTES] __attribute__((aligned(4096)));
static int system_fd = -1, machine_fd = -1, processor_fd = -1;
static struct kvm_run *run;

static const unsigned char read_code[] = { 0x8a, 0x07, 0xe6, READ_PORT };   /* mov al, [rdi]; out READ_PORT, al */
static const unsigned char write_code[] = { 0x88, 0x07, 0xe6, WRITE_PORT }; /* mov [rdi], al; out WRITE_PORT, al */

static void put(uint64_t at, uint64_t value)
{
    memcpy(stub + at, &value, sizeof value);
}

/* Two directories of 2 MiB pages, usable at privilege level 3. */
static void write_stub(void)
{
    const uint64_t usable = 7, large = 0x80;
    memset(stub, 0, sizeof stub);
    memcpy(stub + CODE, read_code, sizeof read_code);
    memcpy(stub + CODE + WRITE_CODE, write_code, sizeof write_code);
    put(TOP_TABLE, SECOND_TABLE | usable);
    put(SECOND_TABLE, LOW_DIRECTORY | usable);
    put(SECOND_TABLE + 8, WINDOW_DIRECTORY | usable);
    put(LOW_DIRECTORY, usable | large);
    for (uint64_t i = 0; i < 512; i++)
        put(WINDOW_DIRECTORY + i * 8, (window_at + (i << 21)) | usable | large);
    put(SEGMENTS + 0x18, 0x00affb000000ffffULL);
    put(SEGMENTS + 0x20, 0x00cff3000000ffffULL);
}

static int add_slot(uint32_t slot, uint64_t guest, uint64_t host, uint64_t bytes)
{
    struct kvm_userspace_memory_region region = {
        .slot = slot, .guest_phys_addr = guest, .memory_size = bytes, .userspace_addr = host,
    };
    return ioctl(machine_fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static int set_mode(void)
{
    struct kvm_sregs state;
    struct kvm_segment code = { .limit = 0xffffffff, .selector = 0x1b, .type = 11, .present = 1, .dpl = 3, .s = 1, .l = 1, .g = 1 };
    struct kvm_segment data = { .limit = 0xffffffff, .selector = 0x23, .type = 3, .present = 1, .dpl = 3, .db = 1, .s = 1, .g = 1 };
    struct kvm_segment task = { .base = TASK, .limit = 103, .selector = 0x28, .type = 11, .present = 1 };
    if (ioctl(processor_fd, KVM_GET_SREGS, &state))
        return -1;
    state.cs = code;
    state.ds = state.es = state.fs = state.gs = state.ss = data;
    state.tr = task;
    state.gdt.base = SEGMENTS;
    state.gdt.limit = 0x37;
    state.cr0 = 0x80050033;
    state.cr3 = TOP_TABLE;
    state.cr4 = 0x620;
    state.efer = 0x500;
    return ioctl(processor_fd, KVM_SET_SREGS, &state);
}

static int set_features(void)
{
    static struct { struct kvm_cpuid2 head; struct kvm_cpuid_entry2 entries[128]; } features;
    features.head.nent = 128;
    return ioctl(system_fd, KVM_GET_SUPPORTED_CPUID, &features.head) ? -1 : ioctl(processor_fd, KVM_SET_CPUID2, &features.head);
}

void guest_start(void)
{
    uint64_t bytes = setting.window_end - setting.window_start;
    if (machine_fd >= 0)
        return;
    if ((system_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC)) < 0)
        die("/dev/kvm");
    long size = ioctl(system_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < 0 || size > (long)sizeof run_pages || (machine_fd = ioctl(system_fd, KVM_CREATE_VM, 0)) < 0)
        die("virtual machine");
    write_stub();
    if (add_slot(0, 0, (uint64_t)stub, sizeof stub) || add_slot(1, window_at, setting.window_start, bytes)
        || (processor_fd = ioctl(machine_fd, KVM_CREATE_VCPU, 0)) < 0)
        die("virtual processor");
    run = mmap(run_pages, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, processor_fd, 0);
    if (run == MAP_FAILED || set_features() || set_mode())
        die("mode of the virtual processor");
}

/* A child starts without: a machine belongs to the address space that made it. */
void guest_forget(void)
{
    if (machine_fd < 0)
        return;
    close(processor_fd);
    close(machine_fd);
    close(system_fd);
    system_fd = machine_fd = processor_fd = -1;
}

/* Runs one access. The host's refusal (no memory, no right) is EFAULT. */
static int access_by_guest(uint64_t code, uint64_t address, uint64_t value)
{
    struct kvm_regs registers = {
        .rip = code, .rflags = 0x3002, .rdi = window_at + (address - setting.window_start), .rax = value,
    };
    guest_start();
    if (ioctl(processor_fd, KVM_SET_REGS, &registers))
        return -1;
    while (ioctl(processor_fd, KVM_RUN, 0))
        if (errno != EINTR && errno != EAGAIN)
            return -1;
    if (run->exit_reason == KVM_EXIT_IO)
        return *((unsigned char *)run + run->io.data_offset);
    errno = run->exit_reason == KVM_EXIT_MMIO ? EFAULT : (int)(1000 + run->exit_reason);
    return -1;
}

int guest_read(uint64_t address, unsigned char *value)
{
    int result = access_by_guest(CODE, address, 0);
    if (result < 0)
        return -1;
    *value = (unsigned char)result;
    return 0;
}

int guest_write(uint64_t address, unsigned char value)
{
    return access_by_guest(CODE + WRITE_CODE, address, value) < 0 ? -1 : 0;
}
