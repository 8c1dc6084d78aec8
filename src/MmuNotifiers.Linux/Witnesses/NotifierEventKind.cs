namespace MmuNotifiers.Linux.Witnesses;

/// <summary>What a <see cref="NotifierEvent"/> is, with the tracepoint that it comes from.</summary>
public enum NotifierEventKind
{
    /// <summary>kvm:kvm_unmap_hva_range: the kernel takes translations of a range of host addresses away, before it looks which memory slots it meets.</summary>
    Unmap,

    /// <summary>kvm:kvm_age_hva: the kernel asks whether a range was used, and forgets it.</summary>
    Age,

    /// <summary>kvm:kvm_test_age_hva: the kernel asks whether a page was used.</summary>
    TestAge,

    /// <summary>kvmmmu:kvm_mmu_set_spte: a translation of a guest's page was loaded.</summary>
    Load,

    /// <summary>What <see cref="NotifierTrace.Mark"/> wrote.</summary>
    Mark,
}
