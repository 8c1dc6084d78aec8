using MmuNotifiers.Lab.Checking;
using WritingASecondary;

RaceCheckResult result = RaceCheck.Explore(RaceScenario
    .Over(primary => new PageMirror(primary), mirror => mirror)
    .Named("a page is unmapped while the device reads it")
    .Pages(2)
    .Thread("device", t => t.DeviceRead(0).DeviceRead(1))
    .Thread("CPU", t => t.Unmap(0, 2)));

Console.WriteLine(result);
return result.IsExhausted ? 0 : 1;
