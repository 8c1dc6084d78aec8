namespace MmuNotifiers.Lab.Checking;

/// <summary>What reads may return: I1, I5, I10. Each page is a register whose values name who wrote them.</summary>
internal sealed partial class Judge
{
    private readonly PageHistory[] _histories;
    private readonly List<(ScenarioOperation Operation, PageChange Change)> _pending = [];
    private readonly string[] _threadNames;

    /// <summary>Whether no operation of the scenario changes values in a way that cannot be foreseen.</summary>
    private bool _valuesAreKnown = true;

    /// <summary>Says what a page holds as the scenario begins.</summary>
    internal void Holds(int page, ulong? value)
    {
        PageHistory history = _histories[page];
        history.Begin(new PageChange(value, null, Now) { Ended = Now, IsCertain = true });
    }

    private void BeginValue(ThreadState thread, ScenarioOperation operation)
    {
        switch (operation)
        {
            case DeviceOperation { IsWrite: true } device:
                Begin(device.Page, PageWord.WrittenBy(device.Tag, device.Page), operation);
                break;
            case CpuOperation { IsWrite: true } cpu when !cpu.IsInChild || IsShared(cpu.Page):
                Begin(cpu.Page, PageWord.WrittenBy(cpu.Tag, cpu.Page), operation);
                break;
            case SpaceOperation { IsInChild: false } space:
                for (int page = space.Page; page < space.Page + space.Count; page++)
                {
                    BeginEffect(page, space.Effect, operation);
                }

                break;
            case MoveOperation { IsInChild: false } move:
                for (int page = 0; page < move.Count; page++)
                {
                    Begin(move.Page + page, null, operation);
                    BeginEffect(move.ToPage + page, PageEffect.Unknown, operation);
                }

                break;
            case ExitOperation { IsInChild: false }:
                for (int page = 0; page < _histories.Length; page++)
                {
                    Begin(page, null, operation);
                }

                break;
            case ObjectOperation change:
                BeginObject(change);
                break;
            case CodeOperation code when code.ChangesValues:
                _valuesAreKnown = false;
                break;
        }
    }

    /// <summary>An object loses pages. What grows again, and copies of pages that are gone, are left unjudged.</summary>
    private void BeginObject(ObjectOperation operation)
    {
        bool isOnly = _scenario.Threads.Sum(thread => thread.Operations.Count(static each => each is ObjectOperation)) == 1;
        PageGroup? group = _scenario.Groups
            .Where(static group => group.Kind is PageGroupKind.Shared or PageGroupKind.File or PageGroupKind.PrivateObject)
            .ElementAtOrDefault(operation.Object);
        if (!isOnly || group is null || group.Kind == PageGroupKind.PrivateObject)
        {
            _valuesAreKnown = false;
            return;
        }

        int end = (int)Math.Min(group.Pages, (long)operation.FirstPage + operation.Count);
        for (int page = operation.FirstPage; page < end; page++)
        {
            Begin(group.First + page, operation.IsTruncation ? null : 0, operation);
        }
    }

    private void BeginEffect(int page, PageEffect effect, ScenarioOperation operation)
    {
        if (page >= _histories.Length)
        {
            return;
        }

        switch (effect)
        {
            case PageEffect.Zero:
                Begin(page, 0, operation);
                break;
            case PageEffect.Drop when KindOf(page) is PageGroupKind.Private or PageGroupKind.Untouched:
                Begin(page, 0, operation);
                break;
            case PageEffect.Drop when KindOf(page) == PageGroupKind.PrivateObject:
                Begin(page, PageWord.Initial(page), operation);
                break;
            case PageEffect.Vanish:
                Begin(page, null, operation);
                break;
            case PageEffect.Unknown:
                _histories[page].IsJudged = false;
                break;
        }
    }

    private void Begin(int page, ulong? value, ScenarioOperation operation)
    {
        PageChange change = new(value, operation, Now);
        _histories[page].Begin(change);
        _pending.Add((operation, change));
    }

    private void EndValue(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome)
    {
        for (int index = _pending.Count - 1; index >= 0; index--)
        {
            if (ReferenceEquals(_pending[index].Operation, operation))
            {
                PageChange change = _pending[index].Change;
                change.Ended = Now;
                change.IsCertain = outcome.Succeeded;
                change.HasFailed = !outcome.Succeeded && operation is DeviceOperation or CpuOperation;
                _pending.RemoveAt(index);
            }
        }

        if (outcome is { Succeeded: true, Value: { } value })
        {
            switch (operation)
            {
                case DeviceOperation { IsWrite: false } device:
                    JudgeValue(thread.Name, device.Page, value, thread.OperationBegan, isDevice: true, isChild: false);
                    break;
                case FinalAccess final:
                    JudgeValue($"At the end {thread.Name}", final.Page, value, thread.OperationBegan, isDevice: true, isChild: false);
                    break;
                case CpuOperation { IsWrite: false } cpu:
                    JudgeValue(thread.Name, cpu.Page, value, thread.OperationBegan, isDevice: false, cpu.IsInChild);
                    break;
            }
        }
    }

    /// <summary>A value was read.</summary>
    /// <param name="reader">Who read it.</param>
    /// <param name="page">Where.</param>
    /// <param name="value">What.</param>
    /// <param name="began">When the reading began.</param>
    /// <param name="isDevice">Whether through a secondary MMU.</param>
    /// <param name="isChild">Whether in the child.</param>
    private void JudgeValue(string reader, int page, ulong value, int began, bool isDevice, bool isChild)
    {
        string read = $"{reader} read {Text(value)} at {ScenarioRun.AddressOf(page)}";
        if (value == PageWord.Poison)
        {
            Report(Invariants.UseAfterFree, $"{read}: the frame had been freed.");
        }

        if (!_valuesAreKnown || !_histories[page].IsJudged)
        {
            return;
        }

        if (isChild && !IsShared(page))
        {
            JudgeChildValue(read, page, value);
            return;
        }

        if (_histories[page].CanBeRead(value, began, out PageChange? replacedBy))
        {
            return;
        }

        if (replacedBy is null)
        {
            Invariants wrong = PageWord.PageOf(value) == page ? Invariants.Coherence : Invariants.UseAfterFree | Invariants.StaleInstall;
            Report(isDevice ? wrong : wrong | Invariants.Coherence, $"{read}, which this page never held.");
        }
        else if (replacedBy.Value is null)
        {
            Report(Invariants.StaleInstall | Invariants.UseAfterFree, $"{read}, though {replacedBy.Operation!.Text} had removed it.");
        }
        else if (replacedBy.IsOfDevice)
        {
            Report(Invariants.DirtyLost, $"{read}: what the device had written by {replacedBy.Operation!.Text} is lost.");
        }
        else
        {
            Report(
                isDevice ? Invariants.Coherence | Invariants.StaleInstall : Invariants.Coherence,
                $"{read}, though {replacedBy.Operation!.Text} had replaced it.");
        }
    }

    /// <summary>A private page of the child: what the parent or its devices wrote after the fork must not show.</summary>
    private void JudgeChildValue(string read, int page, ulong value)
    {
        PageChange? maker = _histories[page].MakerOf(value);
        if (maker is not null && Run.ForkEnded != 0 && maker.Began > Run.ForkEnded)
        {
            Report(
                Invariants.Coherence | (maker.IsOfDevice ? Invariants.Permission : Invariants.None),
                $"{read} in the child, which {maker.Operation!.Text} wrote in the parent after the fork.");
        }
    }

    private bool IsShared(int page) => KindOf(page) is PageGroupKind.Shared or PageGroupKind.File;

    private PageGroupKind KindOf(int page) => _scenario.Groups.First(group => page >= group.First && page < group.First + group.Pages).Kind;

    private string Text(ulong value) => PageWord.ToText(value, _threadNames);
}
