using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>
/// A small program by lot: two or three threads that load, store, exchange, fence, lock, try, wait, wake and spin on a few words.
/// Its outcome is what every word and every load ended as, or how it got stuck.
/// </summary>
internal sealed class RandomProgram
{
    private const int Words = 3;

    private readonly Step[][] _threads;

    internal RandomProgram(ulong seed, int threads, int stepsPerThread)
    {
        ulong lot = SplitMix.Mix(seed + SplitMix.Increment);
        int Draw(int below) => (int)(SplitMix.Next(ref lot) % (ulong)below);
        bool hasSpin = false;
        _threads = new Step[threads][];
        for (int i = 0; i < threads; i++)
        {
            List<Step> steps = [];
            int count = 1 + Draw(stepsPerThread);
            for (int k = 0; k < count; k++)
            {
                Instruction instruction = (Instruction)Draw((int)Instruction.End);
                if (instruction == Instruction.SpinUntilSet && (hasSpin || Draw(2) == 0))
                {
                    instruction = Instruction.Store;
                }

                hasSpin |= instruction == Instruction.SpinUntilSet;
                steps.Add(new Step(instruction, Draw(Words), 1 + Draw(2)));
            }

            _threads[i] = [.. steps];
        }
    }

    private enum Instruction
    {
        Load,
        Load2,
        Store,
        Store2,
        Add,
        Exchange,
        CompareExchange,
        Fence,
        Barrier,
        EnterLock,
        ExitLock,
        EnterSpinLock,
        ExitSpinLock,
        TryLock,
        WaitUntilSet,
        SetAndWake,
        SpinUntilSet,
        SetBit,
        ClearBit,
        ReadBit,
        CountUp,
        Drop,
        Drop2,
        ReadCount,
        End,
    }

    /// <summary>Fresh objects for one execution.</summary>
    /// <param name="dropsInTwoSteps">Whether a load and the addition that it decides on are two steps, as the processor makes them.</param>
    internal Case NewCase(bool dropsInTwoSteps = false) => new(this, dropsInTwoSteps);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(" || ", _threads.Select(steps => string.Join("; ", steps.Select(step => $"{step.Instruction} {step.Word} {step.Value}"))));

    private readonly record struct Step(Instruction Instruction, int Word, int Value);

    /// <summary>One execution.</summary>
    internal sealed class Case(RandomProgram program, bool dropsInTwoSteps) : Execution
    {
        private readonly int[] _words = new int[Words];
        private readonly int[] _spinLock = new int[1];
        private readonly SharedLock _lock = new();
        private readonly SharedMonitor _monitor = new();
        private readonly List<int>[] _seen = [.. program._threads.Select(_ => new List<int>())];
        private readonly long[] _users = [2];
        private int _isSet;

        internal override int ThreadCount => program._threads.Length;

        /// <summary>What the words and the loads were.</summary>
        internal string Outcome =>
            $"{string.Join(',', _words)} {_users[0]} {string.Join('|', _seen.Select(seen => string.Join(',', seen)))}";

        internal override void Run(int thread)
        {
            List<int> seen = _seen[thread];
            int locks = 0;
            int spinLocks = 0;
            foreach (Step step in program._threads[thread])
            {
                ref int word = ref _words[step.Word];
                switch (step.Instruction)
                {
                    case Instruction.Load or Instruction.Load2:
                        seen.Add(Shared.Read(in word, _words));
                        break;
                    case Instruction.Store or Instruction.Store2:
                        Shared.Write(ref word, step.Value, _words);
                        break;
                    case Instruction.Add:
                        seen.Add(Shared.Add(ref word, step.Value, _words));
                        break;
                    case Instruction.Exchange:
                        seen.Add(Shared.Exchange(ref word, step.Value, _words));
                        break;
                    case Instruction.CompareExchange:
                        seen.Add(Shared.CompareExchange(ref word, step.Value, 0, _words));
                        break;
                    case Instruction.Fence:
                        Shared.Fence();
                        break;
                    case Instruction.Barrier:
                        Shared.ProcessWideBarrier();
                        break;
                    case Instruction.EnterLock:
                        _lock.Enter();
                        locks++;
                        break;
                    case Instruction.ExitLock when locks > 0:
                        _lock.Exit();
                        locks--;
                        break;
                    case Instruction.EnterSpinLock:
                        SharedSpinLock.Enter(ref _spinLock[0], _spinLock);
                        spinLocks++;
                        break;
                    case Instruction.ExitSpinLock when spinLocks > 0:
                        SharedSpinLock.Exit(ref _spinLock[0], _spinLock);
                        spinLocks--;
                        break;
                    case Instruction.TryLock:
                        bool entered = _lock.TryEnter();
                        seen.Add(entered ? 1 : 0);
                        locks += entered ? 1 : 0;
                        break;
                    case Instruction.WaitUntilSet:
                        _monitor.Enter();
                        while (_isSet == 0)
                        {
                            _monitor.Wait();
                        }

                        seen.Add(Shared.Read(in word, _words));
                        _monitor.Exit();
                        break;
                    case Instruction.SetAndWake:
                        _monitor.Enter();
                        _isSet = 1;
                        Shared.Write(ref word, step.Value, _words);
                        _monitor.WakeAll();
                        _monitor.Exit();
                        break;
                    case Instruction.SpinUntilSet:
                        SharedSpin spin = default;
                        int value;
                        while ((value = Shared.Read(in word, _words)) == 0 && Shared.Read(in _words[0], _words) == 0)
                        {
                            spin.Once();
                        }

                        seen.Add(value);
                        break;
                    case Instruction.SetBit:
                        seen.Add(Shared.SetBits(ref _words[0], step.Value, _words) ? 1 : 0);
                        break;
                    case Instruction.ClearBit:
                        seen.Add(Shared.ClearBits(ref _words[0], step.Value, _words) ? 1 : 0);
                        break;
                    case Instruction.ReadBit:
                        seen.Add(Shared.ReadBits(in _words[0], step.Value, _words));
                        break;
                    case Instruction.CountUp:
                        Shared.Count(ref _users[0], step.Value, _users);
                        break;
                    case Instruction.Drop or Instruction.Drop2:
                        seen.Add((int)Drop());
                        break;
                    case Instruction.ReadCount:
                        seen.Add((int)Shared.Read(in _users[0], _users));
                        break;
                    default:
                        break;
                }
            }

            // A lock that is kept would hide what follows: some programs keep it, and get stuck.
            while (locks-- > 0 && program._threads[thread].Length % 3 != 0)
            {
                _lock.Exit();
            }

            while (spinLocks-- > 0 && program._threads[thread].Length % 3 != 0)
            {
                SharedSpinLock.Exit(ref _spinLock[0], _spinLock);
            }
        }

        public override void Dispose()
        {
        }

        private long Drop()
        {
            if (!dropsInTwoSteps)
            {
                return Shared.AddOrStore(ref _users[0], -1, alone: 1, _users);
            }

            if (Shared.Read(in _users[0], _users) == 1)
            {
                Shared.Write(ref _users[0], 0L, _users);
                return 0;
            }

            return Shared.Add(ref _users[0], -1L, _users);
        }
    }
}
