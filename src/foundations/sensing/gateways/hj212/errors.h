// The errors of HJ 212, as rows. `byte` counts from 0 from the first byte received.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_hj212_rubbish{"hj212_rubbish", 422, LogLevel::info,
                                          "第 {byte} 字节起不是数据包（应为 ##）",
                                          "No packet at byte {byte} (## expected)"};
inline constexpr ErrorRow k_hj212_length{"hj212_length", 422, LogLevel::info,
                                         "第 {byte} 字节：数据段长度应为四位十进制数字",
                                         "Byte {byte}: the length should be four decimal digits"};
inline constexpr ErrorRow k_hj212_end{"hj212_end", 422, LogLevel::info,
                                      "第 {byte} 字节：按长度此处应为回车换行",
                                      "Byte {byte}: by its length the packet should end here with "
                                      "CR LF"};
inline constexpr ErrorRow k_hj212_check_digits{
    "hj212_check_digits", 422, LogLevel::info, "第 {byte} 字节：CRC 应为四位十六进制数字",
    "Byte {byte}: the CRC should be four hexadecimal digits"};
inline constexpr ErrorRow k_hj212_check{"hj212_check", 422, LogLevel::info,
                                        "第 {byte} 字节：CRC 应为 {expected}，实为 {found}",
                                        "Byte {byte}: CRC should be {expected}, found {found}"};
inline constexpr ErrorRow k_hj212_cut{"hj212_cut", 422, LogLevel::info,
                                      "第 {byte} 字节处数据包中断",
                                      "The packet is cut at byte {byte}"};
inline constexpr ErrorRow k_hj212_item{"hj212_item", 422, LogLevel::info,
                                       "第 {byte} 字节：CP 中应为“名称=值”",
                                       "Byte {byte}: 'name=value' expected in CP"};
inline constexpr ErrorRow k_hj212_too_many{"hj212_too_many", 422, LogLevel::info,
                                           "第 {byte} 字节：一个数据包超过 {max} 个值",
                                           "Byte {byte}: more than {max} values in a packet"};
inline constexpr ErrorRow k_hj212_cipher{
    "hj212_cipher", 422, LogLevel::warning, "加密的 CP 无法解开（编码、长度或填充不对）",
    "The sealed CP cannot be opened (wrong encoding, length or filling)"};
inline constexpr ErrorRow k_hj212_keys{
    "hj212_keys", 500, LogLevel::error,
    "HJ 212 密钥文件 {file} 读不出：应为每行“MN 32 位十六进制密钥”，第 {line} 行不是",
    "HJ 212 key file {file}: one line a device, 'MN 32 hexadecimal digits'; line {line} is not"};
inline constexpr ErrorRow k_hj212_refused{
    "hj212_refused", 422, LogLevel::warning, "设备 {address} 未执行命令 {command}：{what}",
    "Device {address} did not carry out command {command}: {what_en}"};

}  // namespace anlan::errors
