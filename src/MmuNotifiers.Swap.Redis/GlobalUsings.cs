global using MmuNotifiers.Swap.Redis.Connection;
global using MmuNotifiers.Swap.Redis.Keys;
global using MmuNotifiers.Swap.Redis.Owners;
global using MmuNotifiers.Swap.Redis.Transfers;
