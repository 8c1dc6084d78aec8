namespace MmuNotifiers.Secondary.Registration;

/// <summary>Where the notifiers of a registration cache hang.</summary>
public enum RegistrationAttachment
{
    /// <summary>One on each registered region: no call for memory that is not registered, and no search.</summary>
    Interval,

    /// <summary>One on the whole address space: each call searches the registered regions.</summary>
    AddressSpace,
}
