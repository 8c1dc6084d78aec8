namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>
/// Guest code of known behaviour, position independent, for privilege level 3. Each begins with its parameters in registers and ends with
/// <c>out</c> to <see cref="GuestPort.Done"/>; none uses a stack.
/// </summary>
internal static class GuestLoops
{
    /// <summary>Loads one word: RDI is its address, RAX the answer.</summary>
    public static ReadOnlySpan<byte> Load =>
    [
        0x48, 0x8b, 0x07,                               // mov rax, [rdi]
        0xe6, GuestPort.Done,                           // out Done, al
    ];

    /// <summary>Stores one word: RDI is its address, RAX the word.</summary>
    public static ReadOnlySpan<byte> Store =>
    [
        0x48, 0x89, 0x07,                               // mov [rdi], rax
        0xe6, GuestPort.Done,                           // out Done, al
    ];

    /// <summary>Counts in RAX for ever.</summary>
    public static ReadOnlySpan<byte> Spin =>
    [
        0x48, 0xff, 0xc0,                               // again: inc rax
        0xeb, 0xfb,                                     // jmp again
    ];

    /// <summary>Leaves by a port for ever, to measure what that costs.</summary>
    public static ReadOnlySpan<byte> Leave =>
    [
        0xe6, GuestPort.Done,                           // again: out Done, al
        0xeb, 0xfc,                                     // jmp again
    ];

    /// <summary>Asks a port and keeps what it answers in AL, EAX being zero before.</summary>
    public static ReadOnlySpan<byte> Ask =>
    [
        0x31, 0xc0,                                     // xor eax, eax
        0xe4, GuestPort.Done,                           // in al, Done
        0xe6, GuestPort.Done,                           // out Done, al
    ];

    /// <summary>
    /// Adds one to the first word of each page, round after round: RDI is the word of the first page, RSI the pages, RDX the rounds; neither
    /// is zero.
    /// </summary>
    public static ReadOnlySpan<byte> CountInSequence =>
    [
        0x48, 0x89, 0xf1,                               // round: mov rcx, rsi
        0x48, 0x89, 0xfb,                               // mov rbx, rdi
        0x48, 0xff, 0x03,                               // page: inc qword [rbx]
        0x48, 0x81, 0xc3, 0x00, 0x10, 0x00, 0x00,       // add rbx, 4096
        0x48, 0xff, 0xc9,                               // dec rcx
        0x75, 0xf1,                                     // jnz page
        0x48, 0xff, 0xca,                               // dec rdx
        0x75, 0xe6,                                     // jnz round
        0xe6, GuestPort.Done,                           // out Done, al
    ];

    /// <summary>
    /// Visits pages at random: checks that the two words of a visitor in a page fit (the second, 2048 bytes further on, is the first times the
    /// address), adds one to the first and makes them fit again; otherwise leaves by <see cref="GuestPort.Lost"/> with the address in RDX. RDI is the
    /// first word in the first page, RSI the pages, R8 the visits, RAX the state of the random numbers (xorshift64, 13, 7, 17); none is zero.
    /// A page that came back empty fits, so that the words have to add up to the visits in the end: <see cref="Sum"/>.
    /// </summary>
    public static ReadOnlySpan<byte> VisitAtRandom =>
    [
        0x48, 0x89, 0xc3,                               // visit: mov rbx, rax
        0x48, 0xc1, 0xe3, 0x0d,                         // shl rbx, 13
        0x48, 0x31, 0xd8,                               // xor rax, rbx
        0x48, 0x89, 0xc3,                               // mov rbx, rax
        0x48, 0xc1, 0xeb, 0x07,                         // shr rbx, 7
        0x48, 0x31, 0xd8,                               // xor rax, rbx
        0x48, 0x89, 0xc3,                               // mov rbx, rax
        0x48, 0xc1, 0xe3, 0x11,                         // shl rbx, 17
        0x48, 0x31, 0xd8,                               // xor rax, rbx
        0x48, 0x89, 0xc3,                               // mov rbx, rax
        0x48, 0xf7, 0xe6,                               // mul rsi          rdx = the page, 0 to rsi - 1
        0x48, 0x89, 0xd8,                               // mov rax, rbx
        0x48, 0xc1, 0xe2, 0x0c,                         // shl rdx, 12
        0x48, 0x01, 0xfa,                               // add rdx, rdi
        0x48, 0x8b, 0x0a,                               // mov rcx, [rdx]
        0x49, 0x89, 0xca,                               // mov r10, rcx
        0x4c, 0x0f, 0xaf, 0xd2,                         // imul r10, rdx
        0x4c, 0x3b, 0x92, 0x00, 0x08, 0x00, 0x00,       // cmp r10, [rdx + 2048]
        0x75, 0x18,                                     // jne lost
        0x48, 0xff, 0xc1,                               // inc rcx
        0x48, 0x89, 0x0a,                               // mov [rdx], rcx
        0x48, 0x0f, 0xaf, 0xca,                         // imul rcx, rdx
        0x48, 0x89, 0x8a, 0x00, 0x08, 0x00, 0x00,       // mov [rdx + 2048], rcx
        0x49, 0xff, 0xc8,                               // dec r8
        0x75, 0xa9,                                     // jnz visit
        0xe6, GuestPort.Done,                           // out Done, al
        0xe6, GuestPort.Lost,                           // lost: out Lost, al
    ];

    /// <summary>Adds up one word of each page: RDI is the word of the first page, RSI the pages, not zero; RAX the answer.</summary>
    public static ReadOnlySpan<byte> Sum =>
    [
        0x31, 0xc0,                                     // xor eax, eax
        0x48, 0x03, 0x07,                               // page: add rax, [rdi]
        0x48, 0x81, 0xc7, 0x00, 0x10, 0x00, 0x00,       // add rdi, 4096
        0x48, 0xff, 0xce,                               // dec rsi
        0x75, 0xf1,                                     // jnz page
        0xe6, GuestPort.Done,                           // out Done, al
    ];
}
